// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How objects are written down.
enum InputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// What the first character says.
    case auto
    /// An object a line: NDJSON.
    case lines
    /// One JSON array of them.
    case array
}

/// Cuts an input into the texts of its objects, whichever way it is written.
struct RecordSplitter {
    private var way: Way
    private let limit: Int
    private var isAtStart = true

    private enum Way {
        case unknown
        case lines(LineSplitter)
        case array(ArraySplitter)
    }

    /// `limit` is how long a text may be; a longer one is passed over, and told of.
    init(_ format: InputFormat, limit: Int) {
        self.limit = limit
        way =
            switch format {
            case .auto: .unknown
            case .lines: .lines(LineSplitter(limit: limit))
            case .array: .array(ArraySplitter(limit: limit))
            }
    }

    /// What a piece is called.
    var noun: String {
        if case .array = way { return "element" }
        return "line"
    }

    mutating func next(_ window: UnsafeRawBufferPointer, isLast: Bool) -> Split {
        if isAtStart {
            guard window.count >= Self.mark.count || isLast else { return .more }
            isAtStart = false
            if window.starts(with: Self.mark) { return .discard(Self.mark.count) }
        }
        switch way {
        case .unknown:
            guard let way = Self.way(of: window, limit: limit, isLast: isLast) else {
                return isLast ? .end : .more
            }
            self.way = way
            return next(window, isLast: isLast)
        case .lines(var splitter):
            way = .unknown
            defer { way = .lines(splitter) }
            return splitter.next(window, isLast: isLast)
        case .array(var splitter):
            way = .unknown
            defer { way = .array(splitter) }
            return splitter.next(window, isLast: isLast)
        }
    }

    /// Some editors begin a file with a byte order mark.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// nil while there is nothing but white space. Of that a file has no more than fits.
    private static func way(
        of window: UnsafeRawBufferPointer, limit: Int, isLast: Bool
    ) -> Way? {
        let text = trimmed(0..<window.count, in: window)
        // Of white space only, both ends are at the end.
        if text.isEmpty && window.count <= limit {
            return isLast ? .lines(.init(limit: limit)) : nil
        }
        if text.lowerBound > limit { return .lines(LineSplitter(limit: limit)) }
        return window[text.lowerBound] == UInt8(ascii: "[")
            ? .array(ArraySplitter(limit: limit)) : .lines(LineSplitter(limit: limit))
    }
}
