// SPDX-License-Identifier: Apache-2.0

@testable import datapanel_cli

/// A record as tests look at it.
struct Cut: Equatable, CustomStringConvertible {
    let number: Int
    let text: String
    let start: Int
    var flaw: Piece.Flaw?

    init(_ number: Int, _ text: String, at start: Int, _ flaw: Piece.Flaw? = nil) {
        self.number = number
        self.text = text
        self.start = start
        self.flaw = flaw
    }

    var description: String { "\(number) at \(start): \(text) \(flaw.map { "\($0)" } ?? "")" }
}

/// What a splitter makes of a text of which `step` more bytes come each time it asks.
func cut(
    _ text: String, _ format: InputFormat = .auto, step: Int = 1 << 20, limit: Int = 1_000
) -> [Cut] {
    let bytes = Array(text.utf8)
    var splitter = RecordSplitter(format, limit: limit)
    var found: [Cut] = []
    var (low, high) = (0, 0)
    while true {
        // A copy of just the window, so that a sanitizer sees a look beyond.
        let window = Array(bytes[low..<high])
        let isLast = high == bytes.count
        let split = window.withUnsafeBytes { splitter.next($0, isLast: isLast) }
        switch split {
        case .piece(let piece):
            let text = String(decoding: window[piece.text], as: UTF8.self)
            found.append(
                Cut(
                    piece.number, text, at: low + piece.text.lowerBound - piece.discarded,
                    piece.flaw))
            low += piece.end
        case .discard(let count): low += count
        case .more:
            if isLast { return found + [Cut(-1, "asks for more at the end", at: low)] }
            high = min(bytes.count, high + step)
        case .end: return found
        }
    }
}
