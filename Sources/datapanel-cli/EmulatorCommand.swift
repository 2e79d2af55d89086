// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

/// `datapanel emulator`: becomes the emulator that was installed with it.
struct EmulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator",
        abstract: "Starts the service on this machine, to try things out.",
        discussion: """
            What follows goes to datapanel-emulator, which stands beside this command or on PATH; \
            `datapanel emulator --help` lists its options.
            """)

    @Argument(parsing: .captureForPassthrough, help: "Options of datapanel-emulator.")
    var options: [String] = []

    static let program = "datapanel-emulator"

    func run() throws {
        let beside = (Self.folder(of: "/proc/self/exe") ?? ".") + "/\(Self.program)"
        let words = [Self.program] + options
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        execv(beside, &arguments)
        if errno == ENOENT { execvp(Self.program, &arguments) }
        throw CommandFailure.system("cannot start \(beside)")
    }

    /// Where the file of a link lies.
    private static func folder(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        let path = buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: path[..<slash], as: UTF8.self)
    }
}
