// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// One request, from the moment that its head was read.
struct Exchange: Sendable {
    let head: HTTPRequestHead
    let requestId: String
    /// What is to go wrong with it.
    let fault: Fault?

    var isAdmin: Bool { Route.isAdmin(head.uri) }
}

/// What a connection has to do about a request.
struct Answer: Equatable {
    var delayMilliseconds = 0
    var action: Action

    enum Action: Equatable {
        /// `bodyLimit` nil sends the whole reply; else the connection ends after so many bytes of
        /// the body.
        case send(Reply, bodyLimit: Int? = nil)
        case drop(Fault.Ending)
        case stall
    }
}

/// What the service remembers about a connection: whether it is in the statistics yet.
struct ConnectionMark {
    fileprivate(set) var countedSince: Int?

    /// True once for each time the statistics were started over.
    mutating func count(since epoch: Int) -> Bool {
        defer { countedSince = epoch }
        return countedSince != epoch
    }
}
