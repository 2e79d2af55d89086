// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

struct ProxyTests {
    private let emulator: Emulator
    private let front: TLSFront

    init() throws {
        emulator = try Emulator.start()
        front = try TLSFront(before: emulator.url)
    }

    @Test func callsGoThroughTheProxyThatIsSet() throws {
        let session = try Session(emulator.url, ["proxy": front.proxy])
        #expect(try session.submit(objects(2)).isStored)
        #expect(try front.protocols(ofFirst: 1) == ["HTTP/1.1 proxied"])
        #expect(emulator.stats.objects == 2)
    }

    @Test func aProxyThatDoesNotTunnelIsTold() throws {
        // nginx knows no CONNECT, which every call over TLS needs.
        let session = try Session(
            front.url, ["proxy": front.proxy, "tls.ca_file": front.authority])
        let outcome = try session.submit(objects(2))
        #expect(Int(outcome.code) == DP_E_PROXY)
        #expect(outcome.stored == "no")
        #expect(outcome.attempts == "1")
        #expect(outcome.message.contains("proxy"))
        #expect(emulator.stats.requests == 0)
    }

    @Test func aProxyThatIsNotThereIsTold() throws {
        let session = try Session(emulator.url, ["proxy": "http://127.0.0.1:1"])
        let outcome = try session.submit(objects(1), timeout: 300)
        #expect(Int(outcome.code) == DP_E_CONNECT)
        #expect(outcome.stored == "no")
    }
}
