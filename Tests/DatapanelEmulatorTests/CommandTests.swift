// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

/// The command line, as a process of its own.
struct CommandTests {
    private func start(_ arguments: [String]) throws -> Command {
        try Command("\(Command.builds)/datapanel-emulator", arguments)
    }

    private func greeting(_ command: Command) -> [Substring] {
        command.output(upTo: "Ctrl-C").split(separator: "\n")
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func servesUntilToldToStopAndKeepsWhatItAcknowledged(signal: Int32) throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let command = try start(["--db", path, "--dataclass", "Alert=a1", "--dataclass", "Own=o1"])
        let lines = greeting(command)
        let port = try #require(lines.first?.split(separator: ":").last.flatMap { Int($0) })
        #expect(lines.first == "http://127.0.0.1:\(port)")
        for identity in ["0123456789abcdef0123456789abcdef", "a1", "o1", "emulator-token", path] {
            #expect(
                lines.contains { $0.hasSuffix("  \(identity)") || $0.hasSuffix(" in \(identity)") })
        }
        let wire = try Wire(port: port)
        let target = Request.create.split(separator: DataClass.alert.id).joined(separator: "o1")
        let reply = try wire.exchange("POST", target, body: #"{"data_object":[{"a":1}]}"#)
        #expect(reply.status == 200)

        kill(command.process, signal)
        #expect(command.end() == (0, "", ""))
        #expect(access("\(path)-wal", F_OK) != 0)
        var options = Emulator.Options()
        options.database = path
        let emulator = try Emulator.start(options)
        #expect(emulator.objects(dataclass: "o1") == [Array(#"{"a":1}"#.utf8)])
    }

    /// Even without a word of warning.
    @Test func keepsWhatItAcknowledgedWhenItIsKilled() throws {
        let path = temporaryPath()
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let command = try start(["--db", path])
        let port = try #require(greeting(command).first?.split(separator: ":").last)
        let wire = try Wire(port: try #require(Int(port)))
        for _ in 0..<20 {
            let reply = try wire.exchange(body: #"{"data_object":[{"a":1},{"b":2}]}"#)
            #expect(reply.status == 200)
        }
        kill(command.process, SIGKILL)
        #expect(command.end().status == -SIGKILL)
        var options = Emulator.Options()
        options.database = path
        #expect(try Emulator.start(options).stats.objects == 40)
    }

    /// The example that the command prints is one that works.
    @Test func printsAnExampleThatWorks() throws {
        let command = try start(["--list-field", "data_object_list"])
        defer {
            kill(command.process, SIGTERM)
            _ = command.end()
        }
        let example = try #require(greeting(command).first { $0.hasPrefix("curl ") })
        let shell = try Command("/bin/sh", ["-c", "\(example) --silent --show-error"])
        let (status, output, errors) = shell.end()
        #expect(status == 0 && errors.isEmpty)
        #expect(output.hasPrefix(#"[{"id":""#) && output.hasSuffix(#""}]"#))
    }

    /// The log is on standard error, so that the output stays what scripts read.
    @Test func logsARefusedSignature() throws {
        let flags = ["--clock-offset", "-3600", "--region", "r", "--requests-per-second", "2"]
        let command = try start(flags + ["--retry-after", "9"])
        let lines = greeting(command)
        #expect(
            lines.contains("region         r")
                && lines.contains("keys           AKEXAMPLE, SKEXAMPLE"))
        let port = try #require(lines.first?.split(separator: ":").last.flatMap { Int($0) })
        let wire = try Wire(port: port)
        #expect(try wire.signed(body: "{}").status == 401)
        #expect(try wire.exchange(body: "{}").status == 200)
        #expect(try wire.exchange(body: "{}").header("retry-after") == "9")
        kill(command.process, SIGTERM)
        let (status, output, errors) = command.end()
        #expect(status == 0 && output.isEmpty)
        #expect(errors.hasPrefix("refused signature: signed at 20"), "\(errors)")
        #expect(errors.split(separator: "\n").count == 1)
    }

    @Test(
        arguments: [
            (["--port", "70000"], "70000", 64), (["--token", ""], "--token must not be empty", 64),
            (["--dataclass", "Alert"], "Alert", 64), (["--db", ""], "--db must not be empty", 64),
            (["--project", "a/b"], "--project", 64), (["--workspace", "a b"], "--workspace", 64),
            (["--dataclass", "Alert=a/b"], "--dataclass", 64),
            (["--token", "a\nb"], "--token", 64),
            (["--dataclass", "A=x", "--dataclass", "B=x"], "\"x\" twice", 64),
            (["--list-field", "list"], "data_object_list", 64),
            (["--user", ""], "--user must not be empty", 64),
            (["--token-length", "31"], "--token-length must be 32 to 65535", 64),
            (["--token-seconds", "0"], "--token-seconds must be 1 to", 64),
            (["--clock-offset", "x"], "--clock-offset", 64),
            (["--retry-after", "1"], "--requests-per-second", 64),
            (["--nonsense"], "--nonsense", 64), (["--db", "/no/such/file"], "/no/such/file", 1),
            (["--host", "192.0.2.1"], "no address 192.0.2.1", 1),
        ] as [([String], String, Int32)])
    func explainsWhatIsWrong(arguments: [String], text: String, status: Int32) throws {
        let (ended, _, errors) = try start(arguments).end()
        #expect(ended == status && errors.contains(text), "\(errors)")
    }

    /// Who waits for its address would wait for ever.
    @Test func doesNotServeWithoutSayingWhere() throws {
        let emulator = "\(Command.builds)/datapanel-emulator"
        let (status, _, errors) = try Command("/bin/sh", ["-c", "\(emulator) >/dev/full"]).end()
        #expect(status == 1 && errors.contains("standard output"), "\(errors)")
    }
}
