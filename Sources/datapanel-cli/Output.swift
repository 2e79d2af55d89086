// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What ends a command, in words for a person.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// Writes to standard output, and fails when that takes no more: a full disk must not leave half a
/// document behind that looks like a whole one. `print` would not tell.
func write(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(description: "cannot write to standard output: \(reason)")
        }
        rest = rest.dropFirst(count)
    }
}
