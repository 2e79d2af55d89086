// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Foundation
import Testing

/// `datapanel send` with a spool.
final class SpooledTests {
    private let spool = temporaryPath()

    deinit { try? FileManager.default.removeItem(atPath: spool) }

    private func start(_ emulator: Emulator, _ arguments: [String] = []) throws -> Program {
        try Program(
            ["send", "-", "--target", DataClass.alert.id] + arguments, to: emulator,
            ["DATAPANEL_SPOOL_PATH": spool])
    }

    private func end(_ emulator: Emulator, _ arguments: [String] = []) throws -> Program.End {
        let program = try start(emulator, arguments)
        program.endInput()
        return program.end()
    }

    private func stored(_ emulator: Emulator) -> Int {
        emulator.objects(dataclass: DataClass.alert.id).count
    }

    @Test func sendsWhatAnEarlierRunLeft() throws {
        let emulator = try Emulator.start()
        emulator.add(Fault(.drop(.stored), times: 0))
        let program = try start(emulator, ["--grace", "0"])
        program.write(#"{"n":1}"# + "\n" + #"{"n":2}"# + "\n")
        #expect(eventually { stored(emulator) >= 2 })
        kill(program.process, SIGINT)
        let first = program.end()
        #expect(first.status == 3 && first.summary.contains("2 kept in the spool"), "\(first)")
        emulator.clearFaults()
        let ids = temporaryPath()
        defer { unlink(ids) }
        let second = try end(emulator, ["--ids", ids])
        #expect(second.status == 0)
        #expect(second.summary.contains("2 stored (2 perhaps twice), 0 failed, 2 of them from the"))
        #expect(lines(ids).count == 2 && lines(ids).allSatisfy { $0.contains(spool) })
        #expect(stored(emulator) >= 4)
        #expect(try end(emulator).summary.contains("0 stored, 0 failed; "))
    }

    @Test func goesWithNoOtherWayToSendAgain() throws {
        let emulator = try Emulator.start()
        let input = temporaryPath()
        append("{}", to: input)
        defer { unlink(input) }
        let program = try Program(
            ["send", input, "--resume", "--target", DataClass.alert.id], to: emulator,
            ["DATAPANEL_SPOOL_PATH": spool])
        let end = program.end()
        #expect(end.status == 2 && end.errors.contains("use one of them"), "\(end)")
    }
}
