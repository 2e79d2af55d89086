// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Glibc

/// Shows on standard error how far a run is: a bar on a terminal, now and then a line elsewhere.
final class ProgressDisplay {
    private let startedAt = Clock.monotonic()
    private let style: Style
    private var lastAt: Int64
    private var last = Standing()
    private var isBarShown = false
    private var rate = RecentRate()

    enum Style {
        case bar, lines, none
    }

    /// On a terminal a bar that moves; elsewhere a line each ten seconds.
    private var interval: Int64 { style == .bar ? 200 : 10_000 }

    init(isQuiet: Bool) {
        style = isQuiet ? .none : isatty(STDERR_FILENO) == 1 ? .bar : .lines
        lastAt = startedAt
        rate.add(0, at: startedAt)
    }

    var milliseconds: Int64 { Clock.monotonic() - startedAt }

    /// When it wants to be called again, in milliseconds.
    func pause(now: Int64) -> Int64 { max(0, lastAt + interval - now) }

    func isDue(now: Int64) -> Bool { style != .none && now >= lastAt + interval }

    func show(_ standing: Standing, now: Int64) {
        lastAt = now
        rate.add(standing.stored, at: now)
        var standing = standing
        standing.rate = rate.perSecond
        let seconds = Double(now - startedAt) / 1_000
        switch style {
        case .bar:
            let text = ProgressText.bar(standing, seconds: seconds, width: Self.width() - 1)
            put("\r\(text)\u{1B}[K")
            isBarShown = true
        case .lines where standing != last:
            tell("datapanel: \(ProgressText.line(standing, seconds: seconds))")
        case .lines, .none:
            break
        }
        last = standing
    }

    /// A line that stays.
    func say(_ line: String) {
        clear()
        tell("datapanel: \(line)")
    }

    func clear() {
        if isBarShown { put("\r\u{1B}[K") }
        isBarShown = false
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func width() -> Int {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }
}
