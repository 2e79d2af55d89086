// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A path that nothing is at yet.
func temporaryPath(_ suffix: String = "") -> String {
    "/tmp/datapanel-cli-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))\(suffix)"
}

func contents(_ path: String) -> String {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(file, &buffer, buffer.count), count > 0 {
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func lines(_ path: String) -> [Substring] { contents(path).split(separator: "\n") }

/// Makes it, or adds to it.
func append(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let bytes = Array(text.utf8)
    _ = write(file, bytes, bytes.count)
    close(file)
}

/// Waits until it holds, for 20 seconds at the most.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition() {
        if ContinuousClock.now > deadline { return false }
        usleep(1_000)
    }
    return true
}
