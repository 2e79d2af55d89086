// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Testing

struct VersionTests {
    @Test func versionIsSemantic() {
        #expect(version.description.split(separator: ".").count == 3)
    }
}
