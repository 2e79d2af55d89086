// SPDX-License-Identifier: Apache-2.0
import Crypto

/// The two functions that a signature is made of.
enum Digest {
    /// SHA-256, in hexadecimal digits.
    static func hash(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return text(Array(hash.finalize()))
    }

    /// HMAC-SHA256, in hexadecimal digits.
    static func code(_ text: String, key: String) -> String {
        Self.text(
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(text.utf8), using: SymmetricKey(data: Array(key.utf8)))))
    }

    /// Whether `code` is the right one, in a time that does not tell where it is wrong.
    static func isCode(_ code: String, of text: String, key: String) -> Bool {
        guard let code = bytes(code) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(text.utf8), using: SymmetricKey(data: Array(key.utf8)))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let digits = bytes.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 0xF)]] }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap(hexadecimalDigit)
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
