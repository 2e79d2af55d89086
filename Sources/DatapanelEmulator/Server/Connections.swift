// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// The connections that are open, so that they can be asked to end.
///
/// Runs on: any thread.
/// Guarded by: `state`.
final class Connections: Sendable {
    private let state = Locked(State())

    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isStopping = state.withLock { state in
            state.open[id] = channel
            return state.isStopping
        }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in state.open[id] = nil }
        }
        if isStopping { channel.close(promise: nil) }
    }

    /// Asks all of them to end, and tells when they have.
    func stop(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.open.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(StopRequest()) }
        return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop)
    }

    func closeAll() {
        for channel in state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }
}
