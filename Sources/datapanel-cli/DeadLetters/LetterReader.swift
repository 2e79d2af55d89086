// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The lines of a file, one after the other.
final class LetterReader {
    let name: String
    private let descriptor: Int32
    private var left: Int
    private var buffer: [UInt8] = []
    private var low = 0
    private var isOver = false
    /// Of the last line, from 1.
    private(set) var number = 0

    /// Reads from where the descriptor stands, up to `size`, and closes it in the end.
    init(_ name: String, _ descriptor: Int32, size: Int) {
        self.name = name
        self.descriptor = descriptor
        left = size
    }

    deinit { close(descriptor) }

    /// Without its end; nil behind the last one.
    func next() throws -> [UInt8]? {
        var searched = low
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { low = end + 1 }
                number += 1
                return Array(buffer[low..<end])
            }
            searched = buffer.count - low
            buffer.removeFirst(low)
            low = 0
            guard try readMore() else { break }
        }
        guard !buffer.isEmpty else { return nil }
        defer { buffer = [] }
        number += 1
        return buffer
    }

    private func readMore() throws -> Bool {
        let room = min(left, 1 << 20)
        guard room > 0 else { return false }
        var block = [UInt8](repeating: 0, count: room)
        while true {
            let count = read(descriptor, &block, room)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure.system("cannot read \(name)") }
            left = count == 0 ? 0 : left - count
            buffer.append(contentsOf: block[..<count])
            return count > 0
        }
    }
}

/// Lines that are no letters: they are told of, and stay as they are.
final class BadLines {
    private(set) var count = 0
    private static let limit = 20

    func note(_ reader: LetterReader) {
        count += 1
        if count <= Self.limit {
            tell("datapanel: \(reader.name), line \(reader.number): no dead letter")
        }
        if count == Self.limit { tell("datapanel: more of these are only counted") }
    }

    var summary: String {
        switch count {
        case 0: ""
        case 1: "; 1 line is no letter"
        default: "; \(grouped(count)) lines are no letters"
        }
    }
}
