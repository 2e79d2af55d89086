// SPDX-License-Identifier: Apache-2.0

/// How far a run is.
struct Standing: Equatable {
    var stored = 0
    var failed = 0
    var retries = 0
    /// Objects a second, of late.
    var rate = 0
    /// 0 to 1; nil when nobody knows how much there is.
    var fraction: Double?
    /// Why nothing goes on at present.
    var trouble: String?

    /// In seconds, from the time that the run has taken.
    func left(after seconds: Double) -> Int? {
        guard let fraction, fraction > 0.01, fraction < 1 else { return nil }
        return Int(seconds * (1 - fraction) / fraction)
    }
}

/// What a person reads meanwhile.
enum ProgressText {
    /// A line of at most `width` columns for a terminal, without escapes.
    static func bar(_ standing: Standing, seconds: Double, width: Int) -> String {
        var parts: [String] = []
        if let fraction = standing.fraction {
            let percent = String(Int(fraction * 100))
            let padded = String(repeating: " ", count: max(0, 3 - percent.count)) + percent
            parts.append("[\(cells(fraction, 20))] \(padded)%")
        }
        parts.append("\(grouped(standing.stored)) stored")
        parts.append("\(grouped(standing.rate))/s")
        if standing.failed > 0 { parts.append("\(grouped(standing.failed)) failed") }
        if standing.retries > 0 { parts.append("\(grouped(standing.retries)) retries") }
        if let left = standing.left(after: seconds) { parts.append("\(clock(left)) left") }
        if standing.trouble != nil { parts.append("waiting") }
        return String(parts.joined(separator: "  ").prefix(max(0, width)))
    }

    /// The same for a log, which keeps its lines.
    static func line(_ standing: Standing, seconds: Double) -> String {
        var text = "\(grouped(standing.stored)) stored, \(grouped(standing.failed)) failed, "
        text += "\(grouped(standing.retries)) retries, \(grouped(standing.rate)) objects/s"
        if let fraction = standing.fraction { text += ", \(Int(fraction * 100)) %" }
        if let left = standing.left(after: seconds) { text += ", \(clock(left)) left" }
        if let trouble = standing.trouble { text += "; waiting: \(trouble)" }
        return text
    }

    static func cells(_ fraction: Double, _ count: Int) -> String {
        let full = min(count, max(0, Int(fraction * Double(count))))
        return String(repeating: "#", count: full) + String(repeating: "-", count: count - full)
    }

    /// "0:07", "12:30", "3:05:00".
    static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        let tail = two(seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(tail)" : "\(minutes):\(tail)"
    }
}

/// Objects a second over the last few looks.
struct RecentRate {
    private var samples: [(milliseconds: Int64, count: Int)] = []
    private static let window: Int64 = 5_000

    mutating func add(_ count: Int, at milliseconds: Int64) {
        samples.append((milliseconds, count))
        while samples.count > 2, samples[1].milliseconds < milliseconds - Self.window {
            samples.removeFirst()
        }
    }

    var perSecond: Int {
        guard let first = samples.first, let last = samples.last,
            last.milliseconds > first.milliseconds
        else { return 0 }
        return (last.count - first.count) * 1_000 / Int(last.milliseconds - first.milliseconds)
    }
}
