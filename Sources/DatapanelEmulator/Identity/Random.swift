// SPDX-License-Identifier: Apache-2.0

/// Texts that nobody can guess.
enum Random {
    static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    /// Those of Base64, but for the slash, as in the tokens of IAM.
    static let letters = capitals + Array("abcdefghijklmnopqrstuvwxyz+-".utf8)

    static func text(_ length: Int, of alphabet: [UInt8] = letters) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            for position in 0..<length {
                buffer[position] = alphabet[Int.random(in: alphabet.indices)]
            }
            return length
        }
    }
}
