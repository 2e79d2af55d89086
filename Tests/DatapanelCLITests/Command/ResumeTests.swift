// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

struct ResumeTests {
    private final class Workplace {
        let input = temporaryPath(".ndjson")
        let ids = temporaryPath()
        let deadLetters = temporaryPath()
        let emulator: Emulator

        init() throws { emulator = try Emulator.start() }

        deinit { for path in [input, input + ".datapanel", ids, deadLetters] { unlink(path) } }

        func start(_ arguments: [String] = []) throws -> Program {
            try Program(
                ["send", input, "--resume", "--ids", ids, "--target", DataClass.alert.id]
                    + arguments, to: emulator, ["DATAPANEL_BATCH_OBJECTS": "10"])
        }

        func run(_ arguments: [String] = []) throws -> Program.End {
            try start(arguments).end()
        }

        func fill(_ numbers: Range<Int>) {
            append(numbers.map { "{\"n\":\($0)}\n" }.joined(), to: input)
        }

        var stored: [String] {
            emulator.objects(dataclass: DataClass.alert.id).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    @Test func sendsNothingTwiceAfterAGoodEnd() throws {
        let place = try Workplace()
        place.fill(0..<100)
        #expect(try place.run().status == 0)
        let end = try place.run()
        #expect(end.status == 0 && end.summary.contains("0 stored, 0 failed, 100 sent before; "))
        #expect(place.stored.count == 100)
    }

    @Test func sendsWhatHasGrownSince() throws {
        let place = try Workplace()
        place.fill(0..<50)
        #expect(try place.run().status == 0)
        place.fill(50..<80)
        let end = try place.run()
        #expect(end.summary.contains("30 stored, 0 failed, 50 sent before; "), "\(end.errors)")
        // Two requests under way may arrive in either order.
        #expect(place.stored.sorted() == (0..<80).map { "{\"n\":\($0)}" }.sorted())
        #expect(lines(place.ids).count == 80)
    }

    /// Whoever writes the file may be in the middle of a line.
    @Test func looksAgainAtALineThatHadNoEnd() throws {
        let place = try Workplace()
        append("{\"n\":0}\n{\"n\":", to: place.input)
        let first = try place.run()
        #expect(first.status == 1 && first.errors.contains("line 2, byte 8"), "\(first.errors)")
        append("1}\nnothing\n{\"n\":2}", to: place.input)
        let second = try place.run()
        #expect(second.summary.contains("2 stored, 0 failed, 1 no objects, 1 sent before; "))
        append("\n{\"n\":3}\n", to: place.input)
        let third = try place.run()
        #expect(third.status == 0, "\(third.errors)")
        #expect(third.summary.contains("1 stored, 0 failed, 4 sent before; "), "\(third.errors)")
        #expect(place.stored == (0..<4).map { "{\"n\":\($0)}" })
    }

    @Test func looksAgainAtAnArrayThatHadNoEnd() throws {
        let place = try Workplace()
        append("[{\"n\":0},{\"n\":", to: place.input)
        #expect(try place.run().status == 1)
        append("1},{\"n\":2}]", to: place.input)
        let second = try place.run()
        #expect(second.status == 0, "\(second.errors)")
        #expect(place.stored.sorted() == (0..<3).map { "{\"n\":\($0)}" })
    }

    /// Whatever the moment: nothing is lost, and what is there twice was said to be so.
    @Test(arguments: [1, 3, 20])
    func losesNothingWhenItIsKilled(afterRequests count: Int) throws {
        let place = try Workplace()
        place.fill(0..<2_000)
        place.emulator.add(Fault(times: 1_000, delayMilliseconds: 5))
        let program = try place.start()
        #expect(eventually { place.emulator.stats.requests >= count })
        kill(program.process, SIGKILL)
        #expect(program.end().status == -SIGKILL)
        place.emulator.clearFaults()
        let before = place.stored.count
        let end = try place.run()
        #expect(end.status == 0, "\(end.errors)")
        let stored = place.stored
        #expect(before < 2_000 && Set(stored).count == 2_000)
        let marked = Set(
            lines(place.ids).filter { $0.contains("\"possible_duplicate\":true") }.map {
                number(in: $0)
            })
        var seen: Set<String> = []
        let twice = stored.filter { !seen.insert($0).inserted }
        for (index, object) in (0..<2_000).map({ "{\"n\":\($0)}" }).enumerated()
        where twice.contains(object) {
            #expect(marked.contains(index + 1), "\(object)")
        }
    }

    private func number(in line: Substring) -> Int {
        let tail = line.split(separator: "\"number\":").last ?? ""
        return Int(tail.prefix { $0.isNumber }) ?? -1
    }

    @Test func sendsAgainWhatFailedUnlessItIsKept() throws {
        let place = try Workplace()
        place.fill(0..<1)
        place.emulator.add(Fault(.reply(status: 400), times: 1))
        #expect(try place.run().status == 3)
        let second = try place.run()
        #expect(second.status == 0 && second.summary.contains("1 stored, 0 failed; "))
        place.fill(1..<2)
        place.emulator.add(Fault(.reply(status: 400), times: 1))
        #expect(try place.run(["--dead-letter", place.deadLetters]).status == 3)
        let fourth = try place.run(["--dead-letter", place.deadLetters])
        #expect(fourth.status == 0 && fourth.summary.contains("2 sent before"), "\(fourth.errors)")
        #expect(lines(place.deadLetters).count == 1)
    }

    @Test func knowsAfterCtrlCWhatWasNotSent() throws {
        let place = try Workplace()
        place.fill(0..<20)
        place.emulator.add(Fault(.stall()))
        let program = try place.start(["--grace", "0", "--set", "inflight=1"])
        #expect(eventually { place.emulator.stats.requests == 1 })
        kill(program.process, SIGINT)
        #expect(program.end().status == 3)
        let end = try place.run()
        // The batch that was under way, and not the one that waited.
        #expect(end.summary.contains("20 stored (10 perhaps twice)"), "\(end.errors)")
    }

    @Test func refusesAnotherFileOfThatName() throws {
        let place = try Workplace()
        place.fill(0..<10)
        #expect(try place.run().status == 0)
        unlink(place.input)
        place.fill(5..<20)
        let end = try place.run()
        #expect(end.status == 2 && end.errors.contains("is not the file any more"), "\(end.errors)")
        #expect(place.stored.count == 10)
    }

    @Test func refusesAnotherDestination() throws {
        let place = try Workplace()
        place.fill(0..<1)
        #expect(try place.run().status == 0)
        let other = try Emulator.start()
        let end = try Program(
            ["send", place.input, "--resume", "--target", DataClass.alert.id], to: other
        ).end()
        #expect(end.status == 2 && end.errors.contains("--state"), "\(end.errors)")
        #expect(other.stats.objects == 0)
    }

    @Test func refusesASecondRunAtATime() throws {
        let place = try Workplace()
        place.fill(0..<1)
        place.emulator.add(Fault(.stall()))
        let first = try place.start(["--grace", "0"])
        #expect(eventually { place.emulator.stats.requests == 1 })
        let second = try place.run()
        #expect(second.status == 2 && second.errors.contains("another run"), "\(second.errors)")
        kill(first.process, SIGKILL)
    }
}
