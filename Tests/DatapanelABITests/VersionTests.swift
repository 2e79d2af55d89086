// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelABI
import Testing

struct VersionTests {
    @Test func libraryAndHeaderAgree() {
        #expect(String(cString: dp_version()) == DP_VERSION)
    }
}
