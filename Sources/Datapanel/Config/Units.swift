// SPDX-License-Identifier: Apache-2.0

/// Times as settings spell them: 500ms, 30s, 5m, 24h. Held in milliseconds.
package enum Duration {
    static let units: [(name: StaticString, factor: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        Quantity.parse(text, units)
    }

    package static func text(_ milliseconds: Int64) -> Text {
        Quantity.text(milliseconds, units)
    }
}

/// Sizes as settings spell them: 512, 64KiB, 4MiB, 1GiB. Held in bytes.
package enum Size {
    static let units: [(name: StaticString, factor: Int64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
    ]

    package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        Quantity.parse(text, units)
    }

    package static func text(_ bytes: Int64) -> Text { Quantity.text(bytes, units) }
}

private enum Quantity {
    /// nil when the text is not a whole number with exactly one of the units.
    static func parse(
        _ text: UnsafeRawBufferPointer, _ units: [(name: StaticString, factor: Int64)]
    ) -> Int64? {
        var digits = 0
        while digits < text.count, ASCII.isDigit(text[digits]) { digits += 1 }
        let suffix = UnsafeRawBufferPointer(rebasing: text[digits...])
        guard let number = ASCII.number(UnsafeRawBufferPointer(rebasing: text[..<digits])),
            let unit = units.first(where: { ASCII.equal(suffix, $0.name) })
        else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit.factor)
        return overflow ? nil : value
    }

    /// In the largest unit that needs no fraction.
    static func text(_ value: Int64, _ units: [(name: StaticString, factor: Int64)]) -> Text {
        for unit in units where value >= unit.factor && value % unit.factor == 0 {
            return "\(value / unit.factor)\(unit.name)"
        }
        return "\(value)"
    }
}
