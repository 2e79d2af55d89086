// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// The two functions that a signature is made of.
enum Digest {
    /// SHA-256, in hexadecimal digits.
    static func hash(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: 0, count: Int(DPX_SHA256_SIZE))
        EVP_Digest(bytes, bytes.count, &result, nil, EVP_sha256(), nil)
        return text(result)
    }

    /// HMAC-SHA256, in hexadecimal digits.
    static func code(_ text: String, key: String) -> String {
        Self.text(authentication(text, key))
    }

    /// Whether `code` is the right one, in a time that does not tell where it is wrong.
    static func isCode(_ code: String, of text: String, key: String) -> Bool {
        let right = authentication(text, key)
        guard let code = bytes(code), code.count == right.count else { return false }
        return CRYPTO_memcmp(code, right, right.count) == 0
    }

    private static func authentication(_ text: String, _ key: String) -> [UInt8] {
        let key = Array(key.utf8)
        let text = Array(text.utf8)
        var result = [UInt8](repeating: 0, count: Int(DPX_SHA256_SIZE))
        _ = dpx_hmac_sha256(key, Int32(key.count), text, text.count, &result)
        return result
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
