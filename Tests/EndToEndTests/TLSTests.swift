// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

struct TLSTests {
    private let emulator: Emulator
    private let front: TLSFront

    init() throws {
        emulator = try Emulator.start()
        front = try TLSFront(before: emulator.url)
    }

    @Test func aPrivateAuthorityIsTrustedWhenNamed() throws {
        let session = try Session(front.url, ["tls.ca_file": front.authority])
        #expect(try session.submit(objects(100)).isStored)
        #expect(emulator.stats.objects == 100)
    }

    @Test func http2IsUsedWhenTheServerOffersIt() throws {
        let session = try Session(front.url, ["tls.ca_file": front.authority])
        for _ in 0..<3 { #expect(try session.submit(objects(2)).isStored) }
        #expect(try front.protocols(ofFirst: 3) == ["HTTP/2.0", "HTTP/2.0", "HTTP/2.0"])
    }

    @Test func http2CanBeSwitchedOff() throws {
        let session = try Session(front.url, ["tls.ca_file": front.authority, "http2": "false"])
        #expect(try session.submit(objects(2)).isStored)
        #expect(try front.protocols(ofFirst: 1) == ["HTTP/1.1"])
    }

    @Test func aLargeBodyGoesThroughHTTP2() throws {
        let session = try Session(front.url, ["tls.ca_file": front.authority])
        let large = "{\"a\":\"" + String(repeating: "x", count: 11_000_000) + "\"}"
        #expect(try session.submit([large], timeout: 60_000).isStored)
        #expect(emulator.objects(dataclass: DataClass.alert.id) == [Array(large.utf8)])
    }

    @Test(arguments: ["true", "false"], [1, 100_000])
    func aReusedConnectionThatDiesLeavesOneCopy(_ http2: String, _ size: Int) throws {
        let session = try Session(front.url, ["tls.ca_file": front.authority, "http2": http2])
        try #require(try session.submit(objects(1)).isStored)
        emulator.add(Fault(.drop(.stored)))
        let object = "{\"a\":\"" + String(repeating: "x", count: size) + "\"}"
        let outcome = try session.submit([object])
        #expect(Int(outcome.code) == DP_E_NO_REPLY)
        #expect(outcome.stored == "maybe")
        #expect(emulator.stats.requests == 2)
        #expect(emulator.stats.objects == 2)
    }

    @Test func anUnknownAuthorityIsRefused() throws {
        for settings in [["tls.ca_file": front.stranger], [:]] {
            let outcome = try Session(front.url, settings).submit(objects(2))
            #expect(Int(outcome.code) == DP_E_TLS_VERIFY)
            #expect(outcome.stored == "no")
            #expect(outcome.attempts == "1")
            #expect(outcome.message.contains("tls.ca_file"))
        }
        #expect(emulator.stats.requests == 0)
    }

    @Test func aCertificateForAnotherNameIsRefused() throws {
        let address = front.url.replacing("localhost", with: "127.0.0.1")
        let outcome = try Session(address, ["tls.ca_file": front.authority]).submit(objects(1))
        #expect(Int(outcome.code) == DP_E_TLS_VERIFY)
        #expect(emulator.stats.requests == 0)
    }

    @Test func verificationCanBeSwitchedOff() throws {
        let session = try Session(front.url, ["tls.verify": "false"])
        #expect(try session.submit(objects(1)).isStored)
    }

    @Test func aServerWithoutTLSIsTold() throws {
        let plain = emulator.url.replacing("http://", with: "https://")
        // Long pauses, so that no last attempt is cut short before it comes to the handshake.
        let session = try Session(plain, ["backoff.base": "60s", "backoff.cap": "60s"])
        let outcome = try session.submit(objects(1), timeout: 3_000)
        #expect(Int(outcome.code) == DP_E_TLS)
        #expect(outcome.stored == "no")
    }
}
