// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

struct DeadLetterTicketsTests {
    private let place: LetterPlace

    init() throws { place = try LetterPlace() }

    @Test func onlyThoseOfTheSpoolAreFound() throws {
        #expect(try place.tickets(spool: 1) == [])
        for spool: UInt64? in [1, 2, nil, 1] {
            #expect(try place.open(spool: spool).write([try place.letters(["{}", "{}"])]))
        }
        #expect(try place.tickets(spool: 1) == [1, 2, 7, 8])
        #expect(try place.tickets(spool: 2) == [3, 4])
        #expect(try place.tickets(spool: 0x1_0000_0000_0000) == [])
    }

    @Test func predecessorsCountToo() throws {
        let file = try place.open(bytes: 4_000, spool: 9)
        for _ in 0..<12 { #expect(try file.write([try place.letters(["{}"])])) }
        #expect(place.lines(1).count > 0)
        #expect(Set(try place.tickets(spool: 9)) == Set(1...12))
    }

    /// Cut off at any byte, or with zeros where a block did not reach the disk, it counts for
    /// nothing, and what stands around it does.
    @Test func aLineThatIsNotWholeIsNone() throws {
        let objects = [#"{"a":{"b":["]}\"",{}]}}"#, "{}"]
        #expect(try place.open(spool: 5).write([try place.letters(objects)]))
        let first = Array(place.contents().utf8).split(separator: 10)[0]
        let second = String(place.lines()[1])
        #expect(try place.tickets(spool: 5) == [1, 2])
        for cut in 0..<first.count {
            let head = String(decoding: first[..<cut], as: UTF8.self)
            try place.fill("\(head)\n\(second)\n\(head)")
            #expect(try place.tickets(spool: 5) == [2], "\(cut)")
            let zeros = String(repeating: "\0", count: 8)
            let tail = String(decoding: first[min(cut + 8, first.count)...], as: UTF8.self)
            try place.fill("\(head)\(zeros)\(tail)\n\(second)\n")
            #expect(try place.tickets(spool: 5) == [2], "\(cut)")
        }
        // Without its line end it may be cut off as well.
        try place.fill(second)
        #expect(try place.tickets(spool: 5) == [])
    }

    @Test func numbersBeyondAnyAreNone() throws {
        let head = #"{"spool":"0000000000000005","ticket":"#
        for number in ["", "99999999999999999999", "18446744073709551616", "-1", "\"1\""] {
            try place.fill("\(head)\(number),\"object\":{}}\n")
            #expect(try place.tickets(spool: 5) == [], "\(number)")
        }
        try place.fill("\(head)18446744073709551615,\"object\":{}}\n}\n\n{\n")
        #expect(try place.tickets(spool: 5) == [])
    }

    /// Blocks end anywhere.
    @Test func longLinesAreRead() throws {
        let long = "{\"a\":\"\(String(repeating: "x", count: 65_400))\"}"
        let file = try place.open(bytes: 1 << 30, spool: 3)
        for count in 0..<40 {
            let filler = "{\"f\":\"\(String(repeating: "y", count: count))\"}"
            #expect(try file.write([try place.letters([long, filler])]))
        }
        #expect(try place.tickets(spool: 3) == Array(1...80))
    }

    @Test func whatCannotBeReadIsTold() throws {
        try FileManager.default.createDirectory(at: place.file, withIntermediateDirectories: true)
        #expect(try !DeadLetterTickets.forEach(in: try place.path, spool: 1) { _ in })
    }
}
