// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// The readers of dead letters, the engine's and the command's, on what others left in the file.
/// An input is a file of letters of spool 1; and each of its lines is also the message and the
/// object of a letter that is written now, which both must find, and with that object.
enum LetterTarget {
    private static let head: StaticString = "{\"spool\":\"0000000000000001\",\"ticket\":"

    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        let found = tickets(input, part: input.count)
        for part in [1, 7, 64] {
            expect(tickets(input, part: part) == found, "other tickets in parts of \(part) bytes")
        }
        var wanted: [UInt64] = []
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = UnsafeRawBufferPointer(rebasing: line)
            if let ticket = number(line) { wanted.append(ticket) }
            checkLetter(Array(line))
            checkWritten(line)
        }
        // The last has no end, and does not count.
        if input.last != UInt8(ascii: "\n"),
            let last = input.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
            ).last,
            number(UnsafeRawBufferPointer(rebasing: last)) != nil
        {
            wanted.removeLast()
        }
        expect(Set(wanted).isSubset(of: found), "of the tickets \(wanted) it finds \(found)")
        return !found.isEmpty
    }

    private static func tickets(_ file: UnsafeRawBufferPointer, part: Int) -> [UInt64] {
        var found: [UInt64] = []
        do throws(DatapanelError) {
            var search = try DeadLetterTickets(spool: 1)
            var rest = file
            while rest.count > 0 {
                search.take(UnsafeRawBufferPointer(rebasing: rest.prefix(part))) {
                    found.append($0)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part))
            }
        } catch {
            fatalError("finding: \(error.message)")
        }
        return found
    }

    /// The ticket of a line that jansson takes for a letter of the spool.
    private static func number(_ line: UnsafeRawBufferPointer) -> UInt64? {
        let count = head.utf8CodeUnitCount
        guard line.count > count, memcmp(line.baseAddress!, head.utf8Start, count) == 0,
            let root = json_loadb(
                line.baseAddress?.assumingMemoryBound(to: CChar.self), line.count, 0, nil)
        else { return nil }
        defer { dpx_json_release(root) }
        var digits = line.dropFirst(count).prefix { ASCII.isDigit($0) }
        // What a letter never has: a ticket with a sign, a fraction, or of more digits.
        guard let next = line[digits.endIndex...].first, [0x2C, 0x7D].contains(next),
            digits.count < 19
        else { return nil }
        var number: UInt64 = 0
        while let digit = digits.popFirst() { number = number * 10 + UInt64(digit - 0x30) }
        return number
    }

    /// No line makes the command end; a letter's object is one.
    private static func checkLetter(_ line: [UInt8]) {
        guard let letter = Letter(line) else { return }
        _ = letter.queuedMicroseconds
        let shown = letter.shown
        expect(!shown.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "not fit for a terminal: \(shown)")
        expect(letter.summary.count <= line.count + 40, "a summary longer than the letter")
    }

    private static func checkWritten(_ text: UnsafeRawBufferPointer) {
        var isObject = true
        do throws(JSONFault) { try JSONScanner.checkObject(text) } catch { isObject = false }
        var line = Bytes()
        do throws(DatapanelError) {
            let message = try Text(text)
            var outcome = Outcome()
            outcome.message = message
            outcome.serverCode = message
            var report = Report(code: .rejected, stored: .maybe, ticket: 42, queuedAt: 1)
            report.payload = isObject ? text : nil
            try DeadLetterLine.append(report, outcome, target: message, spool: 1, to: &line)
        } catch {
            fatalError("finding: \(error.message)")
        }
        expect(tickets(line.view, part: 64) == [42], "a letter that was written is not found")
        guard isObject else { return }
        guard let letter = Letter(Array(line.view.dropLast())) else {
            fatalError("finding: a letter that was written is none")
        }
        expect(letter.ticket == 42 && letter.spool == 1, "it is another letter")
        expect(
            letter.line[letter.object].elementsEqual(text.map { $0 == 0x0D ? 0x20 : $0 }),
            "it has another object")
    }
}
