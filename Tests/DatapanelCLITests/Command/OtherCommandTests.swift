// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

/// `config`, `emulator`, and what holds for all commands.
struct OtherCommandTests {
    @Test func tellsWhereEachSettingComesFrom() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        append("linger = 1s\nbatch.objects = 7\n", to: path)
        let end = try Program(
            ["config", "-f", path, "--set", "batch.objects=8"],
            ["DATAPANEL_LINGER": "2s", "DATAPANEL_AUTH_TOKEN": "secret", "DATAPANEL_REGION": "r"]
        ).end()
        #expect(end.status == 0)
        let parts = end.output.split(separator: "\n\n")
        #expect(
            parts.dropLast().map { $0.split(separator: "\n") } == [
                ["# from the environment", "region = r", "auth.token = [redacted]"],
                ["# from \(path)", "linger = 1s"], ["# from --set", "batch.objects = 8"],
            ])
        #expect(parts.last?.hasPrefix("# defaults\n") == true)
    }

    /// It can be used as the file that it looks like.
    @Test func listsSettingsAsAFileOfThem() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let first = try Program(["config", "--set", "linger=3s"]).end()
        append(first.output, to: path)
        let second = try Program(["config", "-f", path]).end()
        #expect(second.status == 0 && second.output.contains("linger = 3s"), "\(second.errors)")
    }

    @Test func checksCredentialsAgainstTheService() throws {
        let emulator = try Emulator.start()
        let good = try Program(["config", "--check"], to: emulator).end()
        #expect(good.status == 0 && good.output.hasSuffix("takes these credentials\n"))
        let bad = try Program(["config", "--check", "--set", "auth.token=x"], to: emulator).end()
        #expect(bad.status == 1 && bad.errors.contains("401"), "\(bad.errors)")
        let none = try Program(["config", "--check"]).end()
        #expect(none.status == 2 && none.errors.contains("endpoint"), "\(none.errors)")
        #expect(emulator.stats.objects == 0)
    }

    @Test func becomesTheEmulatorBesideIt() throws {
        let program = try Program(["emulator", "--region", "my-region"])
        #expect(program.line()?.hasPrefix("http://127.0.0.1:") == true)
        #expect(program.line() == "")
        #expect(program.line()?.hasSuffix(" my-region") == true)
        kill(program.process, SIGTERM)
        #expect(program.end().status == 0)
        let help = try Program(["emulator", "--help"]).end()
        #expect(help.status == 0 && help.output.contains("--token-seconds"))
    }

    @Test func endsWithTwoWhenTheArgumentsAreWrong() throws {
        for arguments in [["nonsense"], ["send", "--nonsense"], ["explain", "999"]] {
            let end = try Program(arguments).end()
            #expect(end.status == 2 && !end.errors.isEmpty, "\(arguments)")
        }
        #expect(try Program(["--help"]).end().status == 0)
        #expect(try Program(["--version"]).end().output.contains("."))
    }
}
