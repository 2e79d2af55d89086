// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Which options go together.
extension SendCommand {
    func validate() throws {
        try validateOutputs()
        if Set(files).count < files.count { throw ValidationError("a file is named twice") }
        if resume && files.contains("-") {
            throw ValidationError("--resume needs files: standard input cannot be read again")
        }
        if state != nil && !resume { throw ValidationError("--state goes with --resume") }
        if confirm {
            guard deadLetter != nil else {
                throw ValidationError(
                    "--confirm needs --dead-letter: what the service refuses for good has to be "
                        + "kept somewhere, or it would come again for ever")
            }
            guard files == ["-"], format != .array else {
                throw ValidationError("--confirm reads lines of standard input")
            }
        }
        if dryRun && (resume || confirm || ids != nil || deadLetter != nil) {
            throw ValidationError(
                "--dry-run sends nothing, so nothing can be written down about it")
        }
        guard (0...86_400).contains(grace) else {
            throw ValidationError("--grace takes 0 to 86400 seconds")
        }
        let names = files.map { ResumeFile.path(of: $0, in: state) }
        if resume && Set(names).count < names.count {
            throw ValidationError("two files of one name cannot share a --state folder")
        }
    }

    private func validateOutputs() throws {
        let outputs = [ids == "-", deadLetter == "-", summary == .json, confirm]
        if outputs.filter({ $0 }).count > 1 {
            throw ValidationError(
                "only one of --ids -, --dead-letter -, --summary json and --confirm can have "
                    + "standard output")
        }
        for output in [ids, deadLetter] {
            guard let output, output != "-" else { continue }
            if files.contains(output) {
                throw ValidationError("\(output) cannot be read and added to at once")
            }
        }
        if let ids, ids == deadLetter {
            throw ValidationError("--ids and --dead-letter need a file each")
        }
    }
}
