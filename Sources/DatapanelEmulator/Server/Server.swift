// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The sockets: one listener, its connections, and the one event loop that serves them all.
final class Server: Sendable {
    let address: SocketAddress

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let connections: Connections
    private let isRunning = Locked(true)

    init(_ service: Service, host: String, port: Int) throws(EmulatorError) {
        // One is enough: what takes time is the database, and it takes one request at a time.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let connections = Connections()
        do {
            listener = try Self.bootstrap(service, group, connections)
                .bind(host: host, port: port).wait()
            guard let address = listener.localAddress else {
                throw ChannelError.unknownLocalAddress
            }
            self.address = address
        } catch {
            try? group.syncShutdownGracefully()
            throw EmulatorError(description: Self.explain(error, host: host, port: port))
        }
        self.group = group
        self.connections = connections
    }

    private static func bootstrap(
        _ service: Service, _ group: MultiThreadedEventLoopGroup, _ connections: Connections
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try closeOnExecute(channel) }
            }
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 4_096, initial: 16_384, maximum: 262_144)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try closeOnExecute(channel)
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(decoder), ConnectionHandler(service))
                    connections.add(channel)
                }
            }
    }

    /// Keeps a socket out of the programs that the host process starts: one that is open there too
    /// does not end when it is closed here.
    private static func closeOnExecute(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { socket in
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Takes no more connections, lets the requests under way come to their end, and closes what is
    /// still open after that time. The second call has nothing left to do.
    ///
    /// Not for the event loop: it waits.
    func stop(within time: TimeAmount) {
        isRunning.withLock { isRunning in
            guard isRunning else { return }
            isRunning = false
            try? listener.close().wait()
            let loop = group.next()
            let timer = loop.scheduleTask(in: time) { [connections] in connections.closeAll() }
            try? connections.stop(on: loop).wait()
            timer.cancel()
            try? group.syncShutdownGracefully()
        }
    }

    private static func explain(_ error: any Error, host: String, port: Int) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            "port \(port) of \(host) is in use; choose another one, or 0 for any that is free"
        case EADDRNOTAVAIL:
            "this machine has no address \(host); 127.0.0.1 always works"
        case EACCES:
            "port \(port) needs privileges; choose one above 1023, or 0 for any that is free"
        default:
            "cannot listen on \(host), port \(port): \(error)"
        }
    }
}
