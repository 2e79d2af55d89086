// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

/// Standard input that stays open, and ends that come early.
struct StreamTests {
    private let target = ["--target", DataClass.alert.id]

    private func start(_ arguments: [String], to emulator: Emulator) throws -> Program {
        try Program(["send"] + target + arguments, to: emulator)
    }

    private func count(_ emulator: Emulator) -> Int {
        emulator.objects(dataclass: DataClass.alert.id).count
    }

    @Test func sendsLinesWhileMoreMayCome() throws {
        let emulator = try Emulator.start()
        let program = try start(["--ids", "-"], to: emulator)
        for number in 1...3 {
            program.write("{\"n\":\(number)}\n")
            #expect(program.line()?.contains("\"number\":\(number),") == true)
            #expect(count(emulator) == number)
        }
        #expect(program.end().status == 0)
    }

    /// Also those that end in the middle of what a read brings.
    @Test func waitsForTheRestOfALine() throws {
        let emulator = try Emulator.start()
        let program = try start(["--ids", "-"], to: emulator)
        program.write("{\"n\":1}\n{\"n\":")
        #expect(program.line()?.contains("\"number\":1,") == true)
        program.write("2}\n")
        #expect(program.line()?.contains("\"number\":2,\"offset\":8,") == true)
        #expect(program.end().status == 0)
    }

    @Test func survivesAnEmulatorThatRestarts() throws {
        var options = Emulator.Options()
        options.database = temporaryPath()
        defer { for suffix in ["", "-wal", "-shm"] { unlink((options.database ?? "") + suffix) } }
        let first = try Emulator.start(options)
        options.port = first.port
        let program = try start(["--ids", "-", "--set", "backoff.cap=500ms"], to: first)
        program.write("{\"n\":1}\n")
        #expect(program.line() != nil)
        first.stop()
        program.write("{\"n\":2}\n")
        #expect(eventually { program.errors.contains("no connection") })
        let second = try Emulator.start(options)
        #expect(program.line()?.contains("\"number\":2,") == true)
        #expect(program.end().status == 0)
        #expect(count(second) == 2)
    }

    // MARK: Ctrl-C

    @Test(arguments: [SIGINT, SIGTERM])
    func letsWhatIsUnderWayEnd(signal: Int32) throws {
        let emulator = try Emulator.start()
        // Answers late, but in time.
        emulator.add(Fault(delayMilliseconds: 300))
        let program = try start([], to: emulator)
        program.write("{}\n")
        #expect(eventually { emulator.stats.requests == 1 })
        kill(program.process, signal)
        #expect(eventually { program.errors.contains("1 objects under way have 10 s to end") })
        let end = program.end()
        // More could have come.
        #expect(end.status == 1 && end.summary.contains("1 stored, 0 failed; "), "\(end.errors)")
        #expect(count(emulator) == 1)
    }

    @Test func tellsWhatIsLeftWhenTheGraceIsOver() throws {
        let emulator = try Emulator.start()
        emulator.add(Fault(.stall()))
        let path = temporaryPath()
        defer { unlink(path) }
        let program = try start(["--grace", "0", "--dead-letter", path], to: emulator)
        program.write("{\"a\":1}\n")
        #expect(eventually { emulator.stats.requests == 1 })
        kill(program.process, SIGINT)
        let end = program.end()
        #expect(end.status == 3 && end.summary.contains("1 not sent; "), "\(end.errors)")
        #expect(contents(path).contains("\"code\":\"DP_E_CANCELLED\""))
        #expect(contents(path).hasSuffix("\"object\":{\"a\":1}}\n"))
    }

    @Test func endsAtOnceWhenToldTwice() throws {
        let emulator = try Emulator.start()
        emulator.add(Fault(.stall()))
        let program = try start([], to: emulator)
        program.write("{}\n")
        #expect(eventually { emulator.stats.requests == 1 })
        kill(program.process, SIGINT)
        #expect(eventually { program.errors.contains("stopping") })
        kill(program.process, SIGINT)
        #expect(program.end().status == -SIGINT)
    }

    // MARK: as omprog wants it

    private func confirming(_ emulator: Emulator, deadLetters path: String) throws -> Program {
        let program = try start(["--confirm", "--dead-letter", path], to: emulator)
        #expect(program.line() == "OK")
        return program
    }

    @Test func confirmsATransactionWhenAllOfItIsStored() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        let program = try confirming(emulator, deadLetters: path)
        program.write("BEGIN TRANSACTION\n")
        #expect(program.line() == "OK")
        for number in 1...250 {
            program.write("{\"n\":\(number)}\n")
            #expect(program.line() == "DEFER_COMMIT")
        }
        program.write("COMMIT TRANSACTION\n")
        #expect(program.line() == "OK")
        #expect(count(emulator) == 250)
        let end = program.end()
        #expect(end.status == 0 && end.output == "")
    }

    @Test func confirmsALineByItself() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        let program = try confirming(emulator, deadLetters: path)
        for number in 1...3 {
            program.write("{}\n")
            #expect(program.line() == "OK")
            #expect(count(emulator) == number)
        }
        #expect(program.end().status == 0)
    }

    /// It would come again for ever.
    @Test func confirmsWhatIsInTheDeadLetterFile() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        let program = try confirming(emulator, deadLetters: path)
        program.write("no JSON\n")
        #expect(program.line() == "OK")
        #expect(lines(path).count == 1)
        emulator.add(Fault(.reply(status: 400), times: 1))
        program.write("{\"a\":1}\n")
        #expect(program.line() == "OK")
        #expect(lines(path).count == 2)
        #expect(program.end().status == 3)
    }

    @Test func confirmsNothingThatItCannotKeep() throws {
        let emulator = try Emulator.start()
        let program = try confirming(emulator, deadLetters: "/dev/full")
        program.write("no JSON\n")
        let end = program.end()
        #expect(end.output == "" && end.status != 0, "\(end.output) \(end.errors)")
    }
}
