// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

struct SendTests {
    private let target = ["--target", DataClass.alert.id]

    private func stored(_ emulator: Emulator) -> [String] {
        emulator.objects(dataclass: DataClass.alert.id).map { String(decoding: $0, as: UTF8.self) }
    }

    private func send(_ input: String, _ arguments: [String], to emulator: Emulator) throws
        -> Program.End
    {
        let program = try Program(["send"] + target + arguments, to: emulator)
        program.write(input)
        return program.end()
    }

    @Test func sendsLinesAsTheyStand() throws {
        let emulator = try Emulator.start()
        let end = try send("{\"a\":1.50}\n\n  {\"b\" : 2}\r\n{\"c\":3}", [], to: emulator)
        #expect(end.status == 0, "\(end.errors)")
        #expect(stored(emulator) == ["{\"a\":1.50}", "{\"b\" : 2}", "{\"c\":3}"])
        #expect(end.summary.hasPrefix("datapanel: 3 stored, 0 failed; 1 request, "))
        #expect(end.output == "")
    }

    /// Each of the three may be a name, whatever the others are.
    @Test func findsWhatIsGivenByName() throws {
        let emulator = try Emulator.start()
        let named = ["--set", "workspace.id=name:\(emulator.options.workspaceName)"]
        for place in [named, ["--set", "project.id=name:\(emulator.options.region)"], []] {
            let settings = place + ["--set", "iam.endpoint=\(emulator.url)"]
            let end = try send("{\"a\":1}", settings, to: emulator)
            #expect(end.status == 0, "\(end.errors)")
        }
        #expect(stored(emulator).count == 3)
        #expect(emulator.stats.requests == 5)
    }

    @Test func sendsTheElementsOfAnArray() throws {
        let emulator = try Emulator.start()
        let end = try send("[{\"a\":1},\n{\"b\":[2]}]\n", [], to: emulator)
        #expect(end.status == 0)
        #expect(stored(emulator) == ["{\"a\":1}", "{\"b\":[2]}"])
    }

    @Test func unpacksGzip() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath(".ndjson.gz")
        defer { unlink(path) }
        // Two parts, as two runs of gzip leave them in one file.
        #expect(system("(echo '{\"a\":1}' | gzip; echo '{\"b\":2}' | gzip) >\(path)") == 0)
        let end = try Program(["send", path] + target, to: emulator).end()
        #expect(end.status == 0, "\(end.errors)")
        #expect(stored(emulator) == ["{\"a\":1}", "{\"b\":2}"])
    }

    @Test func sendsWhatComesBeforeTheEndOfACutOffFile() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath(".ndjson.gz")
        defer { unlink(path) }
        #expect(system("echo '{\"a\":1}' | gzip | head -c -4 >\(path)") == 0)
        let end = try Program(["send", path] + target, to: emulator).end()
        #expect(end.status == 1 && end.errors.contains("cut off"), "\(end.errors)")
        #expect(stored(emulator) == ["{\"a\":1}"])
    }

    @Test func sendsFileAfterFile() throws {
        let emulator = try Emulator.start()
        let paths = (0..<3).map { _ in temporaryPath() }
        defer { for path in paths { unlink(path) } }
        for (index, path) in paths.enumerated() { append("{\"n\":\(index)}", to: path) }
        let end = try Program(["send"] + paths + target, to: emulator).end()
        #expect(end.status == 0, "\(end.errors)")
        #expect(stored(emulator) == (0..<3).map { "{\"n\":\($0)}" })
    }

    @Test func looksANameUp() throws {
        let emulator = try Emulator.start()
        let program = try Program(["send", "--target", "name:Alert"], to: emulator)
        program.write("{}")
        #expect(program.end().status == 0)
        #expect(stored(emulator) == ["{}"])
    }

    /// A pipe with a name cannot be opened twice.
    @Test func readsAFifo() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        #expect(mkfifo(path, 0o600) == 0)
        let program = try Program(["send", path] + target, to: emulator)
        append("{\"a\":1}\n{\"b\":2}\n", to: path)
        #expect(program.end().status == 0)
        #expect(stored(emulator) == ["{\"a\":1}", "{\"b\":2}"])
    }

    // MARK: bad lines

    @Test func tellsWhereABadLineIsAndSendsTheOthers() throws {
        let emulator = try Emulator.start()
        let end = try send("{\"a\":1}\n\n{\"b\":}\nx\n{\"c\":3}\n", [], to: emulator)
        #expect(end.status == 1)
        #expect(stored(emulator) == ["{\"a\":1}", "{\"c\":3}"])
        #expect(end.errors.contains("datapanel: standard input, line 3, byte 9: not a JSON object"))
        #expect(end.errors.contains("at byte 5, but found '}'"))
        #expect(end.errors.contains("standard input, line 4, byte 16: "))
        #expect(end.summary.hasPrefix("datapanel: 2 stored, 0 failed, 2 no objects; "))
    }

    @Test func endsAtTheFirstBadLineWhenStrict() throws {
        let emulator = try Emulator.start()
        let end = try send("{\"a\":1}\nx\n{\"c\":3}\n", ["--strict"], to: emulator)
        #expect(end.status == 1 && end.errors.contains("--strict"))
        #expect(stored(emulator) == ["{\"a\":1}"])
    }

    @Test func passesOverALineThatFitsNoRequest() throws {
        let emulator = try Emulator.start()
        let long = String(repeating: "x", count: 12_000_001)
        let end = try send("{\"a\":1}\n\(long)\n{\"c\":3}\n", [], to: emulator)
        #expect(
            end.status == 1 && end.errors.contains("line 2, byte 8: an object of 12000001 bytes"))
        #expect(stored(emulator) == ["{\"a\":1}", "{\"c\":3}"])
    }

    // MARK: results

    @Test func writesTheIdOfEachObject() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        append("{\"half\":", to: path)  // of a run that was killed
        let end = try send("{\"a\":1}\n\n{\"b\":2}\n", ["--ids", path], to: emulator)
        #expect(end.status == 0)
        let written = lines(path)
        #expect(written.count == 3 && written[0] == "{\"half\":")
        #expect(written[1].hasPrefix(#"{"file":"standard input","number":1,"offset":0,"id":""#))
        #expect(written[2].hasPrefix(#"{"file":"standard input","number":3,"offset":9,"id":""#))
    }

    @Test func keepsWhatFailsWithItsReason() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        emulator.add(Fault(.reply(status: 200, body: "[]", stores: true), times: 1))
        let end = try send(
            "[{\"a\":\n1}, \"\u{1}\"]", ["--dead-letter", path], to: emulator)
        #expect(end.status == 3, "\(end.errors)")
        var facts = stat()
        #expect(stat(path, &facts) == 0 && facts.st_mode & 0o077 == 0)
        let written = lines(path)
        #expect(written.count == 2)
        let bad = written.first { $0.contains("DP_E_JSON") } ?? ""
        #expect(bad.hasSuffix(#""attempts":0,"text":"\"\u0001\""}"#), "\(bad)")
        let failed = written.first { $0.contains("DP_E_REPLY") } ?? ""
        #expect(
            failed.hasPrefix(
                #"{"file":"standard input","number":1,"offset":1,"code":"DP_E_REPLY","#
                    + #""stored":"maybe","message":"POST "#), "\(failed)")
        #expect(failed.contains(#""http_status":200,"request_id":""#))
        #expect(failed.hasSuffix(#""attempts":1,"object":{"a": 1}}"#), "\(failed)")
        #expect(end.summary.contains("of those not stored 1 are stored perhaps"))
    }

    /// The producer bounds what it keeps of failures.
    @Test func keepsEveryObjectThatFailsHoweverLittleMemoryThereIs() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        emulator.add(Fault(.reply(status: 200, body: "[]"), times: 1_000))
        let settings = ["batch.bytes=1KiB", "queue.bytes=2KiB", "inflight=1"]
        let padding = String(repeating: "x", count: 300)
        let input = (0..<200).map { "{\"n\":\($0),\"p\":\"\(padding)\"}\n" }.joined()
        let end = try send(
            input, ["--dead-letter", path] + settings.flatMap { ["--set", $0] }, to: emulator)
        #expect(end.status == 3)
        let kept = lines(path).filter { $0.contains("\"object\":{\"n\":") }
        #expect(kept.count == 200)
    }

    @Test func keepsBytesThatAreNoText() throws {
        let emulator = try Emulator.start()
        let (input, path) = (temporaryPath(), temporaryPath())
        defer { for each in [input, path] { unlink(each) } }
        #expect(system("printf '\\377\\n' >\(input)") == 0)
        let end = try Program(["send", input, "--dead-letter", path] + target, to: emulator).end()
        #expect(end.status == 1)
        #expect(contents(path).hasSuffix("\"base64\":\"/w==\"}\n"))
    }

    @Test func summarisesForPrograms() throws {
        let emulator = try Emulator.start()
        let end = try send("{}\nx\n", ["--summary", "json", "--quiet"], to: emulator)
        #expect(end.output.hasPrefix(#"{"stored":1,"possible_duplicates":0,"failed":0,"#))
        #expect(end.output.hasSuffix("\"exit_status\":1}\n"))
    }

    @Test func marksWhatMayBeStoredTwice() throws {
        let emulator = try Emulator.start()
        emulator.add(Fault(.drop(.stored, .close), times: 1))
        let end = try send("{}\n", ["--ids", "-", "--set", "backoff.base=1ms"], to: emulator)
        #expect(end.status == 0)
        #expect(stored(emulator) == ["{}", "{}"])
        #expect(end.output.hasSuffix("\"possible_duplicate\":true}\n"))
        #expect(end.summary.contains("1 stored (1 perhaps twice)"))
    }

    @Test func saysWhenItsOutputGoesNowhere() throws {
        let emulator = try Emulator.start()
        let end = try send("{}\n", ["--ids", "/dev/full"], to: emulator)
        #expect(
            end.status != 0 && end.errors.contains("cannot write to /dev/full"), "\(end.errors)")
    }

    // MARK: settings

    @Test func takesSettingsFromEverywhere() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        append("endpoint = http://192.0.2.1\nbatch.objects = 2\n", to: path)
        let settings = ["-f", path, "--set", "endpoint=\(emulator.url)"]
        let program = try Program(
            ["send"] + target + settings, to: emulator,
            ["DATAPANEL_ENDPOINT": "http://192.0.2.2", "DATAPANEL_BATCH_OBJECTS": "1"])
        program.write("{}\n{}\n{}\n{}\n")
        let end = program.end()
        #expect(end.status == 0 && end.summary.contains("; 2 requests, "), "\(end.errors)")
    }

    @Test func printsTheFirstRequestExactly() throws {
        var options = Emulator.Options()
        options.recordedRequests = 10
        let emulator = try Emulator.start(options)
        let settings = [
            "batch.objects=3", "envelope.name=n \"1\"", "envelope.type=t",
            "envelope.trigger_flag=true", "envelope.format_version=2",
        ].flatMap { ["--set", $0] }
        let input = "{\"a\":1}\nx\n {\"b\":2}\n{\"c\":3}\n{\"d\":4}\n"
        let dry = try send(input, ["--dry-run"] + settings, to: emulator)
        #expect(dry.status == 0 && emulator.requests.isEmpty, "\(dry.errors)")
        #expect(dry.errors.contains("line 2, byte 8: "))
        let end = try send(input, settings, to: emulator)
        #expect(end.status == 1)
        let request = try #require(emulator.requests.first)
        let parts = dry.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(parts.first == "POST \(emulator.url)\(request.target)")
        for (part, name) in zip(parts[1...], ["Content-Type", "Accept", "User-Agent"]) {
            #expect(part == "\(name): \(request.header(name.lowercased()) ?? "none")")
        }
        #expect(
            parts[4...] == [
                "X-Auth-Token: [redacted]", "Content-Length: \(request.body.count)", "",
                Substring(String(decoding: request.body, as: UTF8.self)), "",
            ])
    }

    // MARK: exit status

    @Test(
        arguments: [
            ([], "--target"), (["--target", "a/b"], "a/b"),
            (["--target", "t", "/no/such/file"], "/no/such/file"),
            (["--target", "t", "/tmp"], "is a folder"),
            (["--target", "t", "--set", "linger"], "key=value"),
            (["--target", "t", "--set", "lingr=1s"], "did you mean linger?"),
            (["--target", "t", "-f", "/no/such/file"], "/no/such/file"),
            (["--target", "t", "--resume"], "--resume needs files"),
            (["--target", "t", "x", "--state", "s"], "--state goes with --resume"),
            (["--target", "t", "x", "x"], "twice"),
            (["--target", "t", "--confirm"], "--dead-letter"),
            (["--target", "t", "--ids", "-", "--summary", "json"], "standard output"),
            (["--target", "t", "--ids", "/no/such/folder/f"], "/no/such/folder/f"),
            (["--target", "t", "--dry-run", "--ids", "f"], "--dry-run"),
            (["--target", "t", "--grace", "-1"], "--grace"),
            (["--target", "t", "f", "--ids", "f"], "at once"),
            (["--target", "t", "--ids", "f", "--dead-letter", "f"], "a file each"),
            (["--target", "name:Nobody"], "Nobody"),
        ] as [([String], String)])
    func refusesWhatCannotBeBegun(arguments: [String], text: String) throws {
        let emulator = try Emulator.start()
        let end = try Program(["send"] + arguments, to: emulator).end()
        #expect(end.status == 2 && end.errors.contains(text), "\(end.status) \(end.errors)")
        #expect(emulator.stats.objects == 0)
    }

    @Test func needsSettings() throws {
        let end = try Program(["send"] + target).end()
        #expect(end.status == 2 && end.errors.contains("DATAPANEL_ENDPOINT"), "\(end.errors)")
    }

    @Test func saysThatNothingCanBeSentWhenALookUpFails() throws {
        let emulator = try Emulator.start()
        let end = try Program(
            ["send", "--target", "name:Alert", "--set", "auth.token=bad"], to: emulator
        ).end()
        #expect(end.status == 3 && end.errors.contains("401"), "\(end.errors)")
    }

    /// Nobody mends the token of a run that reads files: the files are still there.
    @Test func givesUpOnFilesWhenNothingCanBeSent() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        append("{}\n", to: path)
        let end = try Program(["send", path, "--set", "auth.token=bad"] + target, to: emulator)
            .end()
        #expect(end.status == 3 && end.errors.contains(": 401: "), "\(end.errors)")
        #expect(end.summary.contains("0 stored, 0 failed, 1 not sent; "))
    }
}
