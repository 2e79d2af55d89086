// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DatapanelEmulator

/// Whom the emulator lets in, and for how long.
extension EmulatorCommand {
    func validateIdentity() throws {
        let texts = [
            ("region", region), ("token", token), ("user", user),
            ("password", password), ("domain", domain),
        ]
        for (flag, value) in texts where value.isEmpty {
            throw ValidationError("--\(flag) must not be empty")
        }
        if token.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw ValidationError("--token has a control character, which no header can hold")
        }
        let numbers: [(flag: String, value: Int?, range: ClosedRange<Int>)] = [
            ("token-seconds", tokenSeconds, 1...1_000_000_000),
            ("token-length", tokenLength, 32...65_535),
            ("token-uses", tokenUses, 1...1_000_000_000),
            ("key-seconds", keySeconds, 1...1_000_000_000),
            ("clock-offset", clockOffset, -1_000_000_000...1_000_000_000),
            ("requests-per-second", requestsPerSecond, 1...1_000_000_000),
            ("retry-after", retryAfter, 0...1_000_000_000),
        ]
        for (flag, value, range) in numbers {
            guard let value, !(range ~= value) else { continue }
            throw ValidationError("--\(flag) must be \(range.lowerBound) to \(range.upperBound)")
        }
        if retryAfter != nil, requestsPerSecond == nil {
            throw ValidationError("--retry-after goes with --requests-per-second")
        }
    }

    func applyIdentity(to options: inout Emulator.Options) {
        options.region = region
        options.token = token
        options.account.user = user
        options.account.password = password
        options.account.domain = domain
        options.tokenSeconds = tokenSeconds
        options.tokenLength = tokenLength
        options.tokenUses = tokenUses
        options.keySeconds = keySeconds
        options.lockOut = lockOut
        options.clockOffsetSeconds = clockOffset
        options.requestsPerSecond = requestsPerSecond
        options.retryAfterSeconds = retryAfter
    }
}
