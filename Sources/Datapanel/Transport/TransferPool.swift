// SPDX-License-Identifier: Apache-2.0

/// The connections of a client that no call is using. The last one given back goes out first: it
/// is the likeliest to be alive.
final class TransferPool: Sendable {
    /// Enough for bursts of threads; more would only hold sockets open.
    private static let idleLimit = 64

    private let idle = Lock<[Transfer]>([])

    func take(_ config: Config) throws(DatapanelError) -> Transfer {
        if let transfer = idle.with({ $0.popLast() }) { return transfer }
        return try Transfer(config)
    }

    func giveBack(_ transfer: Transfer) {
        idle.with { if $0.count < Self.idleLimit { $0.append(transfer) } }
    }

    /// Leaves everything as it is, for ever. In a forked child the connections are the parent's,
    /// where even a TLS goodbye would end them for both, and the lock may be held by a thread that
    /// the child does not have.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}
