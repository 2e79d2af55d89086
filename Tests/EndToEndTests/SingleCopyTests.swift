// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

/// libcurl repeats a POST by itself when a reused connection dies after the body, unless the body
/// cannot be rewound. Then the service has one copy, and the caller is told that it may.
struct SingleCopyTests {
    @Test(arguments: [8, 1_000, 100_000, 1_000_000, 8_000_000], Fault.Ending.allCases)
    func aReusedConnectionThatDiesLeavesOneCopy(_ size: Int, _ ending: Fault.Ending) throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        let object = "{\"a\":\"" + String(repeating: "x", count: size - 8) + "\"}"
        try #require(try session.submit(["{\"first\":1}"]).isStored)
        emulator.add(Fault(.drop(.stored, ending)))
        let outcome = try session.submit([object])
        #expect(Int(outcome.code) == DP_E_NO_REPLY)
        #expect(outcome.stored == "maybe")
        #expect(outcome.reports.first?.payload == object)
        #expect(emulator.stats.requests == 2)
        #expect(emulator.stats.objects == 2)
        // The next one goes over a new connection, and the client is none the worse.
        #expect(try session.submit(["{\"third\":3}"]).isStored)
        #expect(emulator.stats.objects == 3)
        #expect(emulator.stats.connections == 2)
    }

    @Test func aConnectionThatDiedIdleIsReplacedUnseen() throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        try #require(try session.submit(objects(1)).isStored)
        emulator.add(Fault(.drop(.headers, .reset)))
        // Nothing can be stored while the body is not out, so the client goes on by itself.
        let outcome = try session.submit([
            "{\"a\":\"" + String(repeating: "x", count: 8_000_000) + "\"}"
        ])
        #expect(outcome.isStored)
        #expect(emulator.stats.objects == 2)
    }
}
