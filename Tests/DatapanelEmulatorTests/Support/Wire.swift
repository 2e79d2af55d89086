// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc

/// A TCP connection to an emulator, over which a test sends whatever bytes it likes.
final class Wire {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// How a connection came to its end.
    enum Ending: Equatable {
        case closed, reset
    }

    private let socket: Int32
    private var unread: [UInt8] = []

    convenience init(_ emulator: Emulator) throws {
        try self.init(port: emulator.port)
    }

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var deadline = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &deadline, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &deadline, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let connected = withUnsafeBytes(of: &address) { bytes in
            connect(
                socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        guard connected == 0 else { throw Self.failure("connect") }
    }

    deinit {
        close(socket)
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Self.failure("send") }
            rest = rest.dropFirst(sent)
        }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Says that nothing more will be sent.
    func finishSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Reads one reply, and leaves what follows it for the next call.
    func receive() throws -> WireReply {
        while true {
            if let (reply, length) = try WireReply.parse(unread) {
                unread.removeFirst(length)
                return reply
            }
            let more = try receiveOnce()
            guard !more.isEmpty else { throw Failure(description: "the reply ends too early") }
            unread += more
        }
    }

    /// What is there after a single read, or nothing at the end of the connection.
    func receiveOnce() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Self.failure("receive") }
        return Array(buffer[..<count])
    }

    /// Reads to the end of the connection, and tells how it ended and what came before.
    func receiveToEnd() throws -> (bytes: [UInt8], ending: Ending) {
        defer { unread = [] }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 {
                unread += buffer[..<count]
            } else if count == 0 {
                return (unread, .closed)
            } else if errno == ECONNRESET {
                return (unread, .reset)
            } else {
                throw Self.failure("receive")
            }
        }
    }

    private static func failure(_ call: String) -> Failure {
        Failure(description: "\(call): \(String(cString: strerror(errno)))")
    }
}

/// A reply as it came over the wire.
struct WireReply {
    var status: Int
    var headers: [Header]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first reply in these bytes and its length; nil while some of it is missing.
    static func parse(_ bytes: [UInt8]) throws -> (WireReply, Int)? {
        guard let (head, bodyStart) = try parseHead(bytes) else { return nil }
        let length = head.header("content-length").flatMap { Int($0) } ?? 0
        guard bytes.count - bodyStart >= length else { return nil }
        var reply = head
        reply.body = Array(bytes[bodyStart..<(bodyStart + length)])
        return (reply, bodyStart + length)
    }

    static func parseHead(_ bytes: [UInt8]) throws -> (WireReply, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        // A line end is one Character in Swift, so that the text splits at whole ones.
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, let status = Int(words[1]) else {
            throw Wire.Failure(description: "no status line")
        }
        let headers = lines.dropFirst().map { line -> Header in
            let sides = line.split(separator: ":", maxSplits: 1)
            return Header(String(sides[0]), String(sides.last?.drop { $0 == " " } ?? ""))
        }
        return (WireReply(status: status, headers: headers, body: []), end.upperBound)
    }
}
