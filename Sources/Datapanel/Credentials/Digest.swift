// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// A SHA-256 under way.
package struct Digest: ~Copyable {
    private let state: OpaquePointer

    package init() throws(DatapanelError) {
        guard let state = dpx_sha256_begin() else { throw Self.failed }
        self.state = state
    }

    deinit { dpx_sha256_free(state) }

    package func add(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) {
        guard dpx_sha256_add(state, bytes.baseAddress, bytes.count) != 0 else {
            throw Self.failed
        }
    }

    /// In hexadecimal digits, as signatures show it.
    package func finish() throws(DatapanelError) -> Text {
        try Self.text { dpx_sha256_end(state, $0) != 0 }
    }

    package static func of(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) -> Text {
        let digest = try Digest()
        try digest.add(bytes)
        return try digest.finish()
    }

    /// HMAC-SHA256, in hexadecimal digits.
    package static func code(
        _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Text {
        try text { result in
            dpx_hmac_sha256(
                key.baseAddress, Int32(truncatingIfNeeded: key.count),
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, result) != 0
        }
    }

    private static func text(
        _ fill: (UnsafeMutablePointer<UInt8>) -> Bool
    ) throws(DatapanelError) -> Text {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(DPX_SHA256_SIZE)) {
            result throws(DatapanelError) in
            guard let start = result.baseAddress, fill(start) else { throw failed }
            return try hexadecimal(UnsafeRawBufferPointer(result))
        }
    }

    @inline(never)
    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) -> Text
    {
        let characters: StaticString = "0123456789abcdef"
        var digits = Bytes()
        for byte in bytes {
            try digits.append(characters.utf8Start[Int(byte >> 4)])
            try digits.append(characters.utf8Start[Int(byte & 15)])
        }
        return try Text(digits.view)
    }

    private static var failed: DatapanelError { .noMemory("a signature") }
}
