// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing

/// A port that passes connections on to another one, which can be changed while it runs; what it
/// passes on it does not look at. Until it listens, who connects is refused.
///
/// Runs on: a thread of its own, and that of the test.
final class Relay {
    let port: Int
    private let way: Way
    private var thread: pthread_t?

    /// What its two threads share.
    private final class Way: Sendable {
        let listener: Int32
        /// The first can be read once the second was written to: then it is time to end.
        let end: (Int32, Int32)
        let destination: Mutex<Int>

        init(_ listener: Int32, to destination: Int) {
            self.listener = listener
            self.destination = Mutex(destination)
            var ends: [Int32] = [-1, -1]
            pipe(&ends)
            end = (ends[0], ends[1])
        }

        deinit {
            close(listener)
            close(end.0)
            close(end.1)
        }
    }

    init(to destination: Int) throws {
        let (listener, port) = try Loopback.bound()
        self.port = port
        way = Way(listener, to: destination)
    }

    deinit {
        guard let thread else { return }
        write(way.end.1, "!", 1)
        pthread_join(thread, nil)
    }

    /// Connections that begin from now on go there.
    func lead(to destination: Int) {
        way.destination.withLock { $0 = destination }
    }

    func start() throws {
        try #require(listen(way.listener, 64) == 0)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Relay.run(Unmanaged<Way>.fromOpaque(context).takeRetainedValue())
                return nil
            }, Unmanaged.passRetained(way).toOpaque())
        try #require(status == 0)
        self.thread = thread
    }

    private static func run(_ way: Way) {
        var pairs: [(Int32, Int32)] = []
        while true {
            let sockets = [way.end.0, way.listener] + pairs.flatMap { [$0.0, $0.1] }
            var waits = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&waits, nfds_t(waits.count), -1)
            if waits[0].revents != 0 { break }
            let ready = Set(waits.filter { $0.revents != 0 }.map(\.fd))
            pairs.removeAll { pair in
                let goesOn =
                    (!ready.contains(pair.0) || pass(from: pair.0, to: pair.1))
                    && (!ready.contains(pair.1) || pass(from: pair.1, to: pair.0))
                if !goesOn { shut(pair) }
                return !goesOn
            }
            if ready.contains(way.listener), let pair = accepted(way) { pairs.append(pair) }
        }
        for pair in pairs { shut(pair) }
    }

    private static func accepted(_ way: Way) -> (Int32, Int32)? {
        let client = accept(way.listener, nil, nil)
        guard client >= 0 else { return nil }
        if let server = Loopback.connected(to: way.destination.withLock({ $0 })) {
            return (client, server)
        }
        close(client)
        return nil
    }

    /// False when there is nothing more to pass on.
    private static func pass(from: Int32, to: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(from, &buffer, buffer.count, 0)
        var sent = 0
        while sent < count {
            let more = buffer[sent..<count].withUnsafeBytes {
                send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard more > 0 else { return false }
            sent += more
        }
        return count > 0
    }

    private static func shut(_ pair: (Int32, Int32)) {
        close(pair.0)
        close(pair.1)
    }
}
