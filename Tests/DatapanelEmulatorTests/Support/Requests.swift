// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc

/// The requests of the tests: right in everything that a test does not say otherwise.
enum Request {
    static let workspace =
        "/v1/0123456789abcdef0123456789abcdef/workspaces/6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11"
    static let objects = "\(workspace)/soc/datapanel/\(DataClass.alert.id)/data-objects"
    static let create = "\(objects)/batch-create"
    static let search = "\(objects)/search"

    static func bytes(
        _ method: String = "POST", _ target: String = create, token: String? = "emulator-token",
        headers: [String] = [], body: String = ""
    ) -> [UInt8] {
        bytes(method, target, token: token, headers: headers, body: Array(body.utf8))
    }

    static func bytes(
        _ method: String = "POST", _ target: String = create, token: String? = "emulator-token",
        headers: [String] = [], body: [UInt8]
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        if let token { head += "X-Auth-Token: \(token)\r\n" }
        for header in headers { head += "\(header)\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }

    /// A batch-create body around objects that are JSON text already.
    static func batch(_ objects: [[UInt8]], list: String = "data_object") -> [UInt8] {
        Array(#"{"format_version":1,"\#(list)":["#.utf8) + objects.joined(separator: [0x2C])
            + Array("]}".utf8)
    }
}

extension Wire {
    /// Sends a request and reads the reply.
    func exchange(
        _ method: String = "POST", _ target: String = Request.create,
        token: String? = "emulator-token", headers: [String] = [], body: String = ""
    ) throws -> WireReply {
        try send(Request.bytes(method, target, token: token, headers: headers, body: body))
        return try receive()
    }
}

/// Runs a test against an emulator of its own, and stops it afterwards.
func withEmulator(
    _ options: Emulator.Options = .init(), _ test: (Emulator, Wire) throws -> Void
) throws {
    let emulator = try Emulator.start(options)
    defer { emulator.stop() }
    try test(emulator, try Wire(emulator))
}

/// Waits until something is so; false when it is not in time.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        usleep(1_000)
    }
    return true
}

/// Work on a thread of its own.
final class Background {
    private var thread = pthread_t()

    init(_ work: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Work(work)).toOpaque()
        pthread_create(
            &thread, nil,
            { box in
                box.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().run() }
                return nil
            }, box)
    }

    func wait() {
        pthread_join(thread, nil)
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

/// The lines of one of the sample files.
func samples(_ name: String) throws -> [[UInt8]] {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    guard let file = fopen("/\(root)/Tests/samples/\(name).ndjson", "r") else {
        throw Wire.Failure(description: "no sample file \(name)")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    return bytes.split(separator: 0x0A).map(Array.init)
}

let sampleNames = ["alerts", "incidents", "indicators", "edge-cases"]

/// A path for a file of this test only; the file is not there yet.
func temporaryPath() -> String {
    "/tmp/datapanel-emulator-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
}
