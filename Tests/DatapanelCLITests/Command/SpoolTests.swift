// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Glibc
import Testing

@testable import datapanel_cli

/// `spool`, on folders that producers have written.
struct SpoolTests {
    /// A spool whose producer cannot send anything.
    private final class Folder {
        let path = temporaryPath()

        deinit { _ = system("rm -rf \(path)") }

        func producer() throws -> Producer {
            var config = Config()
            let settings: [(SettingKey, String)] = [
                (.endpoint, "http://127.0.0.1:9"), (.projectId, "p"), (.workspaceId, "w"),
                (.authToken, "t"), (.spoolPath, path),
            ]
            for (key, value) in settings {
                let value = try engineText(value)
                try config.set(key, value.bytes)
            }
            let producer = try Producer.make(config)
            try producer.pause(nil, true)
            return producer
        }

        /// Hands objects over, and closes the producer. It is the only one: a later one would
        /// try to send what is there until it is paused.
        func fill(_ objects: [String], for targets: [String] = ["alerts"]) throws {
            let producer = try producer()
            defer { try? Folder.end(producer) }
            for target in targets { try Folder.send(objects, for: target, over: producer) }
        }

        static func send(
            _ objects: [String], for target: String = "alerts", over producer: Producer
        ) throws {
            let target = try engineText(target)
            for object in objects {
                let object = try engineText(object)
                _ = try producer.send(target.bytes, object.bytes, opaque: nil, timeout: 0)
            }
        }

        static func end(_ producer: Producer) throws {
            _ = try producer.close(timeout: 0) { (_: Int) throws(DatapanelError) in }
        }

        func run(_ arguments: [String]) throws -> Program.End {
            var arguments = ["spool"] + arguments
            arguments.insert(path, at: 2)
            return try Program(arguments).end()
        }

        /// The first segment of a target.
        func segment(of target: String = "alerts") -> String {
            "\(path)/target-\(target)/\(String(repeating: "0", count: 15))3.seg"
        }

        /// Changes the byte behind the first such text.
        func damage(_ text: String) throws {
            let file = open(segment(), O_RDWR)
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = pread(file, &bytes, bytes.count, 0)
            let place = try #require(
                bytes[..<count].indices.first { bytes[$0...].starts(with: text.utf8) })
            var other = bytes[place + text.utf8.count] ^ 1
            #expect(pwrite(file, &other, 1, off_t(place + text.utf8.count)) == 1)
        }

        /// What `find` and `md5sum` see of it.
        var everything: String {
            let list = temporaryPath()
            defer { unlink(list) }
            _ = system(
                "cd \(path) && (find . -printf '%p %m %s %T@\\n'; find . -type f "
                    + "-exec md5sum {} +) | sort > \(list)")
            return contents(list)
        }
    }

    private static let objects = [
        #"{"n":1}"#, "{\n  \"n\": 2.50,\r\n  \"text\": \"\\n\"\n}", #"{"n":3,"é":"x"}"#,
    ]
    private static let exported = [
        #"{"n":1}"#, #"{   "n": 2.50,    "text": "\n" }"#, #"{"n":3,"é":"x"}"#,
    ]

    // MARK: what is whole

    @Test func checksAClosedSpool() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        let end = try folder.run(["check"])
        #expect(end.status == 0 && end.errors == "", "\(end.errors)")
        #expect(
            end.output == """
                \(folder.path): closed, with all of it on the disk
                alerts: 1 segment, 3 objects without an outcome

                """)
    }

    @Test func listsALineForEachObject() throws {
        let folder = Folder()
        try folder.fill(Self.objects + ["{\"x\":\"\u{7F}\u{202E}\"}"])
        let end = try folder.run(["list"])
        let rows = end.output.split(separator: "\n")
        #expect(end.status == 0 && rows.count == 4, "\(end.errors)")
        #expect(
            rows[0].hasPrefix("     1  20")
                && rows[0].hasSuffix(#"Z  alerts  no          7  {"n":1}"#))
        #expect(rows[1].hasSuffix(#"{   "n": 2.50,    "text": "\n" }"#))
        #expect(rows[3].hasSuffix(#"{"x":"  "}"#), "\(rows[3])")
        #expect(end.errors == "datapanel: 4 objects\n")
        let json = try folder.run(["list", "--json"]).output.split(separator: "\n")
        #expect(json[2].hasPrefix(#"{"ticket":3,"queued_at":"20"#))
        #expect(
            json[2].hasSuffix(#"Z","target":"alerts","perhaps_sent":false,"object_bytes":16}"#))
    }

    @Test func exportsTheExactObjects() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        let before = folder.everything
        let end = try folder.run(["export"])
        #expect(end.status == 0 && end.errors == "datapanel: 3 objects\n", "\(end.errors)")
        #expect(end.output == Self.exported.map { "\($0)\n" }.joined())
        let copy = temporaryPath()
        defer { unlink(copy) }
        #expect(try folder.run(["export", "--output", copy]).status == 0)
        var status = stat()
        #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(contents(copy) == end.output)
        let again = try folder.run(["export", "--output", copy])
        #expect(again.status == 2 && again.errors.contains("File exists"), "\(again.errors)")
        _ = try folder.run(["check"])
        _ = try folder.run(["list"])
        #expect(folder.everything == before)
    }

    @Test func tellsTargetsApart() throws {
        let folder = Folder()
        try folder.fill([#"{"n":1}"#], for: ["alerts", "name:a/b \"c\"", "alerts"])
        let both = try folder.run(["export"])
        #expect(both.status == 2 && both.output == "", "\(both.output)")
        #expect(both.errors.contains("2 targets (alerts, name:a/b \"c\")"), "\(both.errors)")
        let one = try folder.run(["export", "--target", "alerts"])
        #expect(one.status == 0 && one.output == "{\"n\":1}\n{\"n\":1}\n")
        let all = try folder.run(["export", "--with-target"])
        #expect(
            all.output == #"""
                {"target":"alerts","object":{"n":1}}
                {"target":"alerts","object":{"n":1}}
                {"target":"name:a/b \"c\"","object":{"n":1}}

                """#)
        #expect(all.errors == "datapanel: 3 objects of 2 targets\n")
        let none = try folder.run(["list", "--target", "nowhere"])
        #expect(none.status == 2 && none.errors.contains("nothing for the target nowhere"))
    }

    @Test func readsBesideTheProducerThatHasIt() throws {
        let folder = Folder()
        let producer = try folder.producer()
        try Folder.send(Self.objects, over: producer)
        let end = try folder.run(["check"])
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.output.hasPrefix("\(folder.path): in use by process \(getpid())\nalerts: "))
        let copy = try folder.run(["export"])
        #expect(copy.output == Self.exported.map { "\($0)\n" }.joined())
        #expect(copy.errors.hasPrefix("datapanel: process \(getpid()) uses the spool"))
        // It was never locked, and goes on.
        try Folder.send([#"{"n":4}"#], over: producer)
        try Folder.end(producer)
        #expect(try folder.run(["export"]).output.hasSuffix("{\"n\":4}\n"))
    }

    /// As after a process was killed, and then the machine started anew.
    @Test func tellsHowItWasLeft() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        let boot = contents("/proc/sys/kernel/random/boot_id")
        for (state, word) in [
            ("boot \(boot)", "did not close it"), ("boot other\n", "the machine has started anew"),
        ] {
            unlink("\(folder.path)/spool")
            append("datapanel-spool 1\nid 0000000000000001\n\(state)", to: "\(folder.path)/spool")
            let end = try folder.run(["check"])
            #expect(end.status == 0 && end.output.contains(word), "\(end.output)")
        }
        let list = try folder.run(["list"])
        #expect(list.errors == "datapanel: 3 objects, 3 of them perhaps sent already\n")
        #expect(list.output.contains("  alerts  maybe  "))
    }

    // MARK: what is not

    @Test func tellsWhatIsDamaged() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        try folder.damage("2.5")
        let end = try folder.run(["check"])
        let rows = end.output.split(separator: "\n")
        #expect(end.status == 1 && rows.count == 3, "\(end.output)")
        #expect(rows[1] == "alerts: 1 segment, 2 objects without an outcome")
        #expect(rows[2] == "alerts: damaged: 0000000000000003.seg, bytes 120 to 199", "\(rows[2])")
        for command in ["list", "export"] {
            let end = try folder.run([command])
            #expect(end.status == 1 && end.output.split(separator: "\n").count == 2)
            #expect(end.errors.contains("spool check \(folder.path) tells what"), "\(end.errors)")
        }
    }

    /// The last record is damaged for certain only where it was whole once.
    @Test func whatWasNotFinishedIsNoDamage() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        try folder.damage(#""n":3"#)
        let closed = try folder.run(["check"])
        #expect(closed.status == 1 && closed.output.contains("alerts: damaged: "))
        unlink("\(folder.path)/spool")
        append(
            "datapanel-spool 1\nid 0000000000000001\n"
                + "boot \(contents("/proc/sys/kernel/random/boot_id"))",
            to: "\(folder.path)/spool")
        let killed = try folder.run(["check"])
        #expect(killed.status == 0 && killed.output.contains("alerts: unfinished"), "\(killed)")
        #expect(try folder.run(["export"]).status == 0)
    }

    @Test func aFileWithoutItsFrontIsDamaged() throws {
        let folder = Folder()
        try folder.fill(Self.objects)
        try folder.damage("DPSPO")
        let end = try folder.run(["check"])
        #expect(end.status == 1 && end.output.contains("whose front cannot be read"))
        #expect(try folder.run(["export"]).output == "")
    }

    @Test func whatCannotBeReadEndsWithTwo() throws {
        let folder = Folder()
        for command in ["check", "list", "export"] {
            let none = try folder.run([command])
            #expect(none.status == 2 && none.errors.contains("No such file"), "\(none.errors)")
        }
        mkdir(folder.path, 0o700)
        let empty = try folder.run(["check"])
        #expect(empty.status == 2 && empty.errors.contains("is no spool"), "\(empty.errors)")
        try folder.fill(Self.objects, for: ["alerts", "other"])
        let link = temporaryPath()
        defer { unlink(link) }
        symlink(folder.path, link)
        for path in [link, "\(link)/"] {
            #expect(try Program(["spool", "check", path]).end().status == 2)
        }
        rename(folder.segment(), "\(folder.path)/moved")
        symlink("\(folder.path)/moved", folder.segment())
        let end = try folder.run(["check"])
        #expect(
            end.status == 2 && end.errors.contains("alerts: cannot open a file"), "\(end.errors)")
        #expect(end.output.contains("other: 1 segment, 3 objects"), "\(end.output)")
    }
}
