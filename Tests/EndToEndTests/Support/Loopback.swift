// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

/// Sockets of this machine, below the emulator.
enum Loopback {
    /// A socket that is bound to a port of the kernel's choice. Until somebody listens on it, who
    /// connects is refused.
    static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = open()
        try #require(descriptor >= 0)
        let isBound = withAddress(port: 0) { bind(descriptor, $0, $1) == 0 }
        try #require(isBound)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutableBytes(of: &address) { bytes in
            getsockname(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &length) == 0
        }
        try #require(isNamed)
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A connection; nil when there is none to be had.
    static func connected(to port: Int) -> Int32? {
        let descriptor = open()
        if withAddress(port: port, { connect(descriptor, $0, $1) == 0 }) { return descriptor }
        close(descriptor)
        return nil
    }

    private static func open() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func withAddress<Value>(
        port: Int, _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        return withUnsafeBytes(of: &address) { bytes in
            body(
                bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
    }
}
