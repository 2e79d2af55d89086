// SPDX-License-Identifier: Apache-2.0

/// The text of an object, and where it stands. Positions are in bytes of the unpacked input.
struct Record {
    let number: Int
    /// Valid until more is read.
    let text: UnsafeRawBufferPointer
    /// Behind the record before it.
    let begin: Int
    let start: Int
    /// Behind the line end or comma.
    let end: Int
    let flaw: Piece.Flaw?
    let isOpenEnded: Bool
}

/// The texts of an input, one after the other.
final class RecordReader {
    let file: InputFile
    private let buffer = InputBuffer(size: InputFile.step * 2)
    private var splitter: RecordSplitter
    private var isLast = false
    /// Where the buffer's window begins.
    private(set) var offset = 0
    /// Where the last record ended.
    private var lastEnd = 0

    enum Next {
        case record(Record)
        /// Nothing more without `fill`.
        case dry
        case end
    }

    init(_ file: InputFile, _ format: InputFormat, limit: Int) {
        self.file = file
        splitter = RecordSplitter(format, limit: limit)
    }

    /// What a record is called.
    var noun: String { splitter.noun }

    /// How far the input was read.
    var readEnd: Int { offset + buffer.window.count }

    func next() -> Next {
        while true {
            let window = buffer.window
            switch splitter.next(window, isLast: isLast) {
            case .piece(let piece):
                let record = Record(
                    number: piece.number,
                    text: UnsafeRawBufferPointer(rebasing: window[piece.text]),
                    begin: lastEnd,
                    start: offset + piece.text.lowerBound - piece.discarded,
                    end: offset + piece.end, flaw: piece.flaw, isOpenEnded: piece.isOpenEnded)
                advance(piece.end)
                lastEnd = offset
                return .record(record)
            case .discard(let count):
                advance(count)
            case .more:
                return .dry
            case .end:
                return .end
            }
        }
    }

    /// Reads once; waits where nothing can be read.
    func fill() throws {
        if try file.read(into: buffer) == 0 { isLast = true }
    }

    private func advance(_ count: Int) {
        buffer.drop(count)
        offset += count
    }
}
