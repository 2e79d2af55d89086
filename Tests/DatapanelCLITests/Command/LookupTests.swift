// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

/// `lookup`: what a script can rely on.
struct LookupTests {
    private static let alert = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"

    @Test func printsTheIdAndNothingElse() throws {
        let emulator = try Emulator.start()
        let end = try Program(["lookup", "dataclass", "Alert"], to: emulator).end()
        #expect(end.status == 0)
        #expect(end.output == Self.alert + "\n")
        #expect(end.errors.isEmpty)
    }

    @Test func tellsWhatIsAroundItAsAnObject() throws {
        let emulator = try Emulator.start()
        let end = try Program(["lookup", "dataclass", "Alert", "--json"], to: emulator).end()
        #expect(end.status == 0)
        for id in [Self.alert, emulator.options.project, emulator.options.workspace] {
            #expect(end.output.contains("\"\(id)\""))
        }
    }

    @Test func takesItsSettingsAsAllCommandsDo() throws {
        let emulator = try Emulator.start()
        let path = temporaryPath()
        defer { unlink(path) }
        append("auth.token = wrong\n", to: path)
        let arguments = [
            "lookup", "dataclass", "Alert", "-f", path, "--set",
            "auth.token=\(emulator.options.token)",
        ]
        let end = try Program(arguments, to: emulator).end()
        #expect(end.status == 0, "\(end.errors)")
    }

    @Test func tellsTheNearestNameWhenThereIsNone() throws {
        let emulator = try Emulator.start()
        let end = try Program(["lookup", "dataclass", "Alerts"], to: emulator).end()
        #expect(end.status == 1)
        #expect(end.output.isEmpty)
        #expect(end.errors.contains("Alert"))
    }

    @Test func endsWithTwoWhenItCannotBegin() throws {
        let emulator = try Emulator.start()
        let without = try Program(["lookup", "dataclass", "Alert"]).end()
        #expect(without.status == 2 && without.errors.contains("endpoint"))
        let unknown = try Program(["lookup", "nonsense", "Alert"], to: emulator).end()
        #expect(unknown.status == 2)
        #expect(emulator.stats.requests == 0)
    }
}
