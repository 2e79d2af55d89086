// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator

/// A service that meets each request with the same situation, until it is mended.
final class Trouble {
    let emulator: Emulator
    let endpoint: String
    /// What a producer has to be told for it.
    let settings: [String: String]
    /// Whether the service stores what it spoils.
    let stores: Bool
    private let cure: () throws -> Void

    /// Held as long as this is.
    private let parts: [AnyObject]

    private init(
        _ emulator: Emulator, _ endpoint: String, _ settings: [String: String] = [:],
        stores: Bool = false, parts: [AnyObject] = [], cure: @escaping () throws -> Void
    ) {
        self.emulator = emulator
        self.endpoint = endpoint
        self.settings = settings
        self.stores = stores
        self.parts = parts
        self.cure = cure
    }

    func mend() throws { try cure() }

    /// The emulator does so, `times` requests long; 0 is until it is mended.
    static func answers(_ effect: Fault.Effect, times: Int = 0) throws -> Trouble {
        var options = Emulator.Options()
        options.recordedRequests = 16
        let emulator = try Emulator.start(options)
        emulator.add(Fault(effect, times: times))
        return Trouble(emulator, emulator.url, stores: effect.stores) { emulator.clearFaults() }
    }

    /// Nobody listens yet.
    static func refused() throws -> Trouble {
        let emulator = try Emulator.start()
        let relay = try Relay(to: emulator.port)
        return Trouble(emulator, "http://127.0.0.1:\(relay.port)", parts: [relay]) {
            try relay.start()
        }
    }

    /// Something that speaks no TLS stands where it is expected.
    static func plain() throws -> Trouble {
        let emulator = try Emulator.start()
        return try secured(emulator, before: emulator.port)
    }

    /// The certificate is that of another authority.
    static func stranger() throws -> Trouble {
        let emulator = try Emulator.start()
        let front = try TLSFront(before: emulator.url)
        return try secured(emulator, before: front.port, parts: [front])
    }

    private static func secured(
        _ emulator: Emulator, before port: Int, parts: [AnyObject] = []
    ) throws -> Trouble {
        let front = try TLSFront(before: emulator.url)
        let relay = try Relay(to: port)
        try relay.start()
        return Trouble(
            emulator, "https://localhost:\(relay.port)", ["tls.ca_file": front.authority],
            parts: [relay, front] + parts
        ) { relay.lead(to: front.port) }
    }
}

extension Fault.Effect {
    /// Whether the objects get into the store all the same.
    var stores: Bool {
        switch self {
        case .none, .truncate, .ids: true
        case .reply(_, _, _, let stores), .stall(let stores): stores
        case .drop(let moment, _): moment == .stored
        }
    }
}
