// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

/// `dead-letters`, on files that producers have written.
struct DeadLettersTests {
    /// An emulator, and a file that letters go to.
    private final class Post {
        let emulator: Emulator
        let folder: String
        let file: String

        init() throws {
            emulator = try Emulator.start()
            folder = temporaryPath()
            file = "\(folder)/dead.ndjson"
            mkdir(folder, 0o700)
        }

        deinit { _ = system("rm -r \(folder)") }

        /// A producer sends each object in a request of its own.
        func sending(_ arguments: [String] = []) throws -> Program {
            try Program(
                ["send", "--target", DataClass.alert.id, "-q"] + arguments, to: emulator,
                [
                    "DATAPANEL_DEAD_LETTER_PATH": file, "DATAPANEL_BATCH_OBJECTS": "1",
                    "DATAPANEL_INFLIGHT": "1",
                ])
        }

        /// Has these objects refused.
        func fill(_ objects: [String]) throws {
            emulator.add(Fault(.reply(status: 400), times: 0))
            let program = try sending()
            program.write(objects.map { "\($0)\n" }.joined())
            #expect(program.end().status == 3)
            emulator.clearFaults()
            emulator.clear()
        }

        func run(_ arguments: [String]) throws -> Program.End {
            var arguments = ["dead-letters"] + arguments
            arguments.insert(file, at: 2)
            return try Program(arguments, to: emulator).end()
        }

        var stored: [String] {
            emulator.objects(dataclass: DataClass.alert.id).map {
                String(decoding: $0, as: UTF8.self)
            }
        }

        var tickets: [String] {
            lines(file).map { String($0.dropFirst("{\"ticket\":".count).prefix { $0 != "," }) }
        }
    }

    // MARK: looking

    @Test func listsALineForEachLetter() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#, #"{"b" : 2}"#])
        let end = try post.run(["list"])
        let rows = end.output.split(separator: "\n")
        #expect(end.status == 0 && rows.count == 2, "\(end.errors)")
        #expect(rows[0].hasPrefix("     1  20") && rows[1].hasPrefix("     2  20"))
        #expect(rows[0].contains("  \(DataClass.alert.id)  DP_E_REJECTED  no  POST http://"))
        #expect(end.errors == "datapanel: 2 letters\n")
        let json = try post.run(["list", "--json"]).output.split(separator: "\n")
        #expect(json[1].hasPrefix(#"{"ticket":2,"target":"#))
        #expect(json[1].hasSuffix(#","object_bytes":9}"#))
    }

    @Test func showsLettersAsTheyStand() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#, #"{"b" : 2.50}"#, #"{"c":",\"object\":{}"}"#])
        let end = try post.run(["show", "2"])
        #expect(end.status == 0 && end.output == "\(lines(post.file)[1])\n")
        #expect(end.output.hasSuffix(#","object":{"b" : 2.50}}"# + "\n"))
        #expect(try post.run(["show", "3", "1"]).output.split(separator: "\n").count == 2)
        let none = try post.run(["show", "4"])
        #expect(none.status == 1 && none.errors.contains("no letter 4"), "\(none.errors)")
        #expect(try post.run(["show", "x"]).status == 2)
    }

    /// Each producer counts from 1.
    @Test func tellsLettersOfOneTicketApart() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        try post.fill([#"{"a":2}"#])
        let both = try post.run(["show", "1"])
        #expect(both.status == 1 && both.errors.contains("2 letters are called 1; say which: 1@"))
        let name = try #require(both.errors.split(separator: " ").last?.dropLast())
        let end = try post.run(["drop", String(name)])
        #expect(end.status == 0, "\(end.errors)")
        #expect(lines(post.file).count == 1 && contents(post.file).contains(#"{"a":1}"#))
    }

    @Test func keepsLinesThatAreNoLetters() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        append("{\"ticket\":7,\"tar\n\0\0\0\n[]\n{\"ticket\":8,\"object\":{}", to: post.file)
        try post.fill([#"{"a":2}"#])
        let list = try post.run(["list"])
        #expect(list.status == 0 && list.output.split(separator: "\n").count == 2)
        #expect(list.errors.contains("dead.ndjson, line 3: no dead letter\n"), "\(list.errors)")
        #expect(list.errors.hasSuffix("datapanel: 2 letters; 4 lines are no letters\n"))
        let drop = try post.run(["drop", "--all"])
        #expect(
            drop.status == 0 && drop.errors.hasSuffix("2 letters dropped; 4 lines are no letters\n")
        )
        #expect(
            contents(post.file)
                == "{\"ticket\":7,\"tar\n\0\0\0\n[]\n{\"ticket\":8,\"object\":{}\n")
    }

    // MARK: sending again

    @Test func sendsAgainAndRemovesWhatIsStored() throws {
        let post = try Post()
        try post.fill((1...5).map { "{\"n\":\($0)}" })
        let one = try post.run(["retry", "3"])
        #expect(one.status == 0, "\(one.errors)")
        #expect(one.errors.hasPrefix("datapanel: 1 stored, 0 failed; 1 request, "))
        #expect(post.stored == [#"{"n":3}"#] && post.tickets == ["1", "2", "4", "5"])
        let all = try post.run(["retry", "--all"])
        #expect(all.status == 0, "\(all.errors)")
        #expect(post.stored.sorted() == (1...5).map { "{\"n\":\($0)}" } && post.tickets == [])
        #expect(access(post.file, F_OK) == 0 && access("\(post.file).retry", F_OK) != 0)
        let none = try post.run(["retry", "--all"])
        #expect(none.status == 0 && none.errors.hasPrefix("datapanel: 0 stored, 0 failed;"))
    }

    /// What fails again stays in its place, and says why.
    @Test func keepsWhatFailsAgainWithItsNewReason() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#, #"{"a":2}"#])
        let before = lines(post.file)
        post.emulator.add(Fault(.reply(status: 413), times: 1))
        let end = try post.run([
            "retry", "--all", "--set", "batch.objects=1", "--set", "inflight=1",
        ])
        #expect(end.status == 1 && end.errors.contains("DP_E_TOO_LARGE"), "\(end.errors)")
        let line = try #require(lines(post.file).first)
        #expect(lines(post.file).count == 1 && post.stored == [#"{"a":2}"#])
        #expect(line.contains(#""code":"DP_E_TOO_LARGE""#) && line.contains(#""attempts":2"#))
        #expect(line.contains(#""http_status":413"#) && line.hasSuffix(#""object":{"a":1}}"#))
        let queued = try #require(before[0].split(separator: #""queued_at""#).last?.prefix(31))
        #expect(line.contains("\"queued_at\"\(queued)"))
    }

    @Test func tellsWhatMayBeThereTwice() throws {
        let post = try Post()
        post.emulator.add(Fault(.drop(.stored), times: 1))
        let program = try post.sending(["--set", "ambiguous.policy=fail"])
        program.write("{\"a\":1}\n")
        #expect(program.end().status == 3)
        #expect(contents(post.file).contains(#""stored":"maybe""#))
        #expect(try post.run(["list"]).errors == "datapanel: 1 letter, 1 of them stored perhaps\n")
        let end = try post.run(["retry", "--all"])
        #expect(end.status == 0 && end.errors.hasPrefix("datapanel: 1 stored (1 perhaps twice), "))
        #expect(post.stored.count == 2 && post.tickets == [])
    }

    @Test func givesUpWhenNothingCanBeSent() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        let before = contents(post.file)
        let end = try post.run(["retry", "--all", "--set", "auth.token=wrong"])
        #expect(end.status == 3 && end.errors.contains("401"), "\(end.errors)")
        #expect(contents(post.file) == before)
    }

    /// Killed at any time, it may only leave a letter too many.
    @Test func losesNothingWhenItIsKilled() throws {
        let post = try Post()
        let objects = (0..<40).map { "{\"n\":\($0)}" }
        try post.fill(objects)
        post.emulator.add(Fault(times: 0, delayMilliseconds: 5))
        for most in [1, 15, 30] {
            let program = try Program(
                ["dead-letters", "retry", post.file, "--all"], to: post.emulator,
                ["DATAPANEL_BATCH_OBJECTS": "1", "DATAPANEL_INFLIGHT": "1"])
            #expect(eventually { post.stored.count >= most })
            kill(program.process, SIGKILL)
            #expect(program.end().status == -SIGKILL)
            let kept = Set(lines(post.file).map { String($0.split(separator: "\"object\":")[1]) })
            let known = Set(post.stored.map { "\($0)}" }).union(kept)
            #expect(known.count == objects.count)
        }
        post.emulator.clearFaults()
        #expect(try post.run(["retry", "--all"]).status == 0)
        #expect(Set(post.stored).count == objects.count && post.tickets == [])
    }

    @Test func oneRetryRunsAtATime() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        post.emulator.add(Fault(.stall(), times: 0))
        let first = try Program(["dead-letters", "retry", post.file, "1"], to: post.emulator)
        #expect(eventually { access("\(post.file).retry", F_OK) == 0 })
        let second = try post.run(["retry", "1"])
        #expect(second.status == 2 && second.errors.contains("another retry"), "\(second.errors)")
        kill(first.process, SIGKILL)
        _ = first.end()
        post.emulator.clearFaults()
        #expect(try post.run(["retry", "1"]).status == 0)
    }

    // MARK: files

    @Test func predecessorsCountToo() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        rename(post.file, "\(post.file).2")
        try post.fill([#"{"a":2}"#])
        #expect(try post.run(["list"]).output.split(separator: "\n").count == 2)
        #expect(try post.run(["retry", "--all"]).status == 0)
        #expect(post.stored == [#"{"a":1}"#, #"{"a":2}"#])
        #expect(access("\(post.file).2", F_OK) != 0 && contents(post.file) == "")
    }

    /// A producer was killed just when the file had become a predecessor.
    @Test func withoutTheFileItsPredecessorsCount() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#])
        rename(post.file, "\(post.file).1")
        #expect(try post.run(["list"]).errors == "datapanel: 1 letter\n")
        #expect(try post.run(["drop", "--all"]).errors == "datapanel: 1 letter dropped\n")
        #expect(contents(post.file) == "" && access("\(post.file).1", F_OK) != 0)
    }

    @Test func whoReadsItStaysTheSame() throws {
        let post = try Post()
        try post.fill([#"{"a":1}"#, #"{"a":2}"#])
        chmod(post.file, 0o640)
        #expect(try post.run(["drop", "1"]).status == 0)
        var status = stat()
        #expect(stat(post.file, &status) == 0 && status.st_mode & 0o777 == 0o640)
        symlink(post.file, "\(post.file).link")
        let link = try Program(["dead-letters", "list", "\(post.file).link"]).end()
        #expect(link.status == 2 && link.errors.contains("symbolic link"))
        let none = try Program(["dead-letters", "list", "\(post.folder)/none"]).end()
        #expect(none.status == 2 && none.errors.contains("cannot open"))
        #expect(try post.run(["drop"]).status == 2)
        #expect(try post.run(["drop", "2", "--all"]).status == 2)
    }

    /// A producer adds to the file while letters are dropped: none is lost, none comes back.
    @Test func dropsBesideALiveProducer() throws {
        let post = try Post()
        post.emulator.add(Fault(.reply(status: 400), times: 0))
        let count = 2_000
        let program = try post.sending()
        program.write((0..<count).map { "{\"n\":\($0)}\n" }.joined())
        program.endInput()
        #expect(eventually { lines(post.file).count > 0 })
        var dropped = 0
        var rounds = 0
        while dropped < count, rounds < 2_000 {
            rounds += 1
            let end = try post.run(["drop", "--all"])
            #expect(end.status == 0, "\(end.errors)")
            dropped += number(in: end.errors)
        }
        #expect(program.end().status == 3)
        dropped += number(in: try post.run(["drop", "--all"]).errors)
        #expect(dropped == count && rounds > 1)
    }

    /// The count in `datapanel: 1,234 letters dropped`.
    private func number(in text: String) -> Int {
        Int(text.filter(\.isNumber)) ?? 0
    }
}
