// SPDX-License-Identifier: Apache-2.0

/// What earlier runs wrote down about an input: a line for each thing that came to pass, the last
/// of them perhaps torn off.
///
///     datapanel-resume 1
///     destination https://…         where its objects go
///     head 65536 2774843907         the CRC-32 of so many bytes at its begin
///     handed 262144                 before this offset objects may have been sent
///     settled 0 261930              these have their outcome, and it was told
///     unsent 130000 131100          these were certainly not stored
///     resumed                       what was unsent goes out again
struct ResumeLog: Equatable {
    static let title = "datapanel-resume 1"

    var destination = ""
    var head = Head(count: 0, sum: 0)
    private(set) var handed = 0
    private(set) var settled = OffsetRanges()
    private(set) var unsent = OffsetRanges()

    struct Head: Equatable {
        let count: Int
        let sum: UInt
    }

    struct Fault: Error, Equatable {
        let line: Int
    }

    /// nil for an empty text.
    init?(_ text: String) throws(Fault) {
        // What follows the last line end was not written to its end.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard !lines.isEmpty else { return nil }
        guard lines[0] == Self.title else { throw Fault(line: 1) }
        for (index, line) in lines.enumerated().dropFirst() {
            guard note(line) else { throw Fault(line: index + 1) }
        }
    }

    init(destination: String, head: Head) {
        self.destination = destination
        self.head = head
    }

    private mutating func note(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().compactMap { Int($0) }
        switch (words.first, numbers.count) {
        case ("destination", _) where words.count == 2:
            destination = String(words[1])
        case ("head", 2):
            head = Head(count: numbers[0], sum: UInt(bitPattern: numbers[1]))
        case ("handed", 1):
            handed = max(handed, numbers[0])
        case ("settled", 2) where numbers[0] <= numbers[1]:
            settled.insert(numbers[0]..<numbers[1])
        case ("unsent", 2) where numbers[0] <= numbers[1]:
            unsent.insert(numbers[0]..<numbers[1])
        case ("resumed", 0):
            unsent = OffsetRanges()
        default:
            return false
        }
        return true
    }

    enum Standing {
        case fresh, settled
        /// It was handed over, and what came of it is not known.
        case doubtful
    }

    /// Of the object that begins there.
    func standing(_ offset: Int) -> Standing {
        if settled.contains(offset) { return .settled }
        return offset < handed && !unsent.contains(offset) ? .doubtful : .fresh
    }

    // MARK: lines

    var opening: String {
        "\(Self.title)\ndestination \(destination)\nhead \(head.count) \(head.sum)\n"
    }

    static func handed(_ offset: Int) -> String { "handed \(offset)\n" }

    static func settled(_ range: Range<Int>) -> String {
        "settled \(range.lowerBound) \(range.upperBound)\n"
    }

    static func unsent(_ range: Range<Int>) -> String {
        "unsent \(range.lowerBound) \(range.upperBound)\n"
    }

    static let resumed = "resumed\n"
}
