// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct SpoolOwnerTests {
    private let locks = """
        1: POSIX  ADVISORY  WRITE 7 fe:00:42 0 EOF
        2: FLOCK  ADVISORY  WRITE 8 fe:01:42 0 EOF
        2: -> FLOCK  ADVISORY  WRITE 9 fe:00:42 0 EOF
        3: FLOCK  ADVISORY  WRITE 10 fe:00:43 0 EOF
        x
        4: FLOCK

        """

    @Test func theHolderIsKnownByFileAndDevice() {
        #expect(SpoolOwner.holder(of: 42, on: "fe:01", noted: nil, locks) == 8)
        #expect(SpoolOwner.holder(of: 43, on: "fe:00", noted: nil, locks) == 10)
        #expect(SpoolOwner.holder(of: 44, on: "fe:00", noted: nil, locks) == nil)
        // Another file with the same number.
        #expect(SpoolOwner.holder(of: 42, on: "fe:00", noted: 7, locks) == nil)
    }

    @Test func theNotedProcessCountsOnAnyDevice() {
        #expect(SpoolOwner.holder(of: 42, on: "00:2a", noted: 8, locks) == 8)
        #expect(SpoolOwner.holder(of: 42, on: "00:2a", noted: 9, locks) == nil)
    }
}
