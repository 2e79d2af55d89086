// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Finds the letters of a spool in a file of dead letters and its predecessors.
///
/// An object whose letter is whole has its outcome, even if a crash came before the spool noted
/// it. A line that is not whole, as a loss of power may leave it, counts for nothing.
struct DeadLetterTickets {
    /// What such a letter begins with, up to its ticket.
    private let head: Text
    /// Of the line so far.
    private var count = 0
    private var isOfSpool = true
    private var digits = 0
    private var ticket: UInt64 = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(spool: UInt64) throws(DatapanelError) {
        var bytes = Bytes()
        try bytes.append("{")
        try DeadLetterLine.appendHead(spool: spool, to: &bytes)
        head = try Text(bytes.view)
    }

    /// Each ticket, perhaps more than once; the newest file first, as rotation only ever makes a
    /// file older. false when not all of them could be read.
    static func forEach(
        in path: Text, spool: UInt64, _ body: (UInt64) -> Void
    ) throws(DatapanelError) -> Bool {
        var isComplete = true
        for number in 0...DeadLetterFile.predecessors {
            var search = try DeadLetterTickets(spool: spool)
            let name = try DeadLetterFile.predecessor(number, of: path)
            let isRead = FileBlocks.forEach(name) { search.take($0, body) }
            isComplete = isComplete && isRead
        }
        return isComplete
    }

    /// The next part of a file.
    mutating func take(_ block: UnsafeRawBufferPointer, _ body: (UInt64) -> Void) {
        var rest = block
        while rest.count > 0 {
            guard isOfSpool else {
                // Nothing counts up to the next line.
                guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
                begin()
                continue
            }
            let byte = rest[0]
            rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            if byte == UInt8(ascii: "\n") {
                if count > head.count && digits > 0 && depth == 0 { body(ticket) }
                begin()
            } else {
                isOfSpool = goesOn(byte)
                count += 1
            }
        }
    }

    private mutating func begin() {
        count = 0
        isOfSpool = true
        digits = 0
        ticket = 0
        depth = 0
        isInString = false
        isEscaped = false
    }

    /// Whether the line can still be a letter of the spool.
    private mutating func goesOn(_ byte: UInt8) -> Bool {
        if count < head.count {
            depth = 1
            return head.bytes[count] == byte
        }
        if count == head.count + digits && ASCII.isDigit(byte) {
            let (tens, isTooLarge) = ticket.multipliedReportingOverflow(by: 10)
            ticket = tens &+ UInt64(byte &- UInt8(ascii: "0"))
            digits += 1
            return !isTooLarge && digits < 20
        }
        // Blocks that never reached the disk are zeros.
        if depth == 0 || (byte < 0x20 && byte != 0x09) { return false }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return true
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        return true
    }
}
