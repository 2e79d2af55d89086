// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Unpacks gzip, which may consist of several parts, one behind the other.
final class Inflater {
    private var stream = z_stream()
    /// Between two parts the data may end.
    private(set) var isBetweenParts = true
    private var hasHadPart = false

    struct Failure: Error {
        let reason: String
    }

    init() throws {
        guard dpx_inflate_init_gzip(&stream) == Z_OK else {
            throw Failure(reason: "zlib has no memory")
        }
    }

    deinit { inflateEnd(&stream) }

    /// Unpacks as much as fits. Says how much of the input is done with and how much came out.
    func inflate(
        _ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) throws -> (used: Int, made: Int) {
        if isBetweenParts {
            guard let first = input.first else { return (0, 0) }
            // What pads a tape.
            if hasHadPart && first == 0 { return (1, 0) }
            inflateReset(&stream)
            isBetweenParts = false
            hasHadPart = true
        }
        stream.next_in = UnsafeMutablePointer(
            mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(clamping: room.count)
        let given = (stream.avail_in, stream.avail_out)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        if status == Z_STREAM_END { isBetweenParts = true }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw Failure(reason: stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
        }
        return (Int(given.0 - stream.avail_in), Int(given.1 - stream.avail_out))
    }
}
