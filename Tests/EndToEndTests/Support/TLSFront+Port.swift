// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

extension TLSFront {
    /// A port that the kernel just had free: nginx cannot say which one it took.
    static func freePort() throws -> Int {
        let (descriptor, port) = try Loopback.bound()
        close(descriptor)
        return port
    }

    func waitUntilItListens(_ port: Int) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let connection = Loopback.connected(to: port) {
                close(connection)
                return
            }
            sched_yield()
        }
        Issue.record("nginx does not listen on port \(port)")
    }
}
