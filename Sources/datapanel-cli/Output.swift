// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What ends a command, in words for a person.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// Writes to standard output, and fails when that takes no more: a full disk must not leave half a
/// document behind that looks like a whole one. `print` would not tell.
func write(_ text: String) throws {
    try writeAll(Array(text.utf8), to: STDOUT_FILENO, named: "standard output")
}

/// Writes all of it, or fails.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(description: "cannot write to \(name): \(reason)")
        }
        rest = rest.dropFirst(count)
    }
}

/// Writes a line to standard error, at once and in one piece. Of that nobody is told when it fails.
func tell(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
