// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Testing

struct StopTests {
    private static let body = #"{"data_object":[{"a":1}]}"#

    @Test func answersTheRequestsUnderWay() throws {
        try withEmulator { emulator, wire in
            emulator.add(Fault(delayMilliseconds: 100))
            try wire.send(Request.bytes(body: Self.body))
            #expect(eventually { emulator.stats.objects == 1 })
            emulator.stop()
            let reply = try wire.receive()
            #expect(reply.status == 200 && reply.header("connection") == "close")
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(emulator.objects(dataclass: DataClass.alert.id).count == 1)
        }
    }

    @Test func waitsForABodyThatIsOnItsWay() throws {
        try withEmulator { emulator, wire in
            let request = Request.bytes(body: Self.body)
            try wire.send(Array(request.dropLast()))
            #expect(eventually { emulator.stats.requests == 1 })
            let stopping = Background { emulator.stop() }
            // Once it listens no more, it is stopping, and still takes the rest.
            #expect(eventually { (try? Wire(emulator)) == nil })
            try wire.send([0x7D])
            #expect(try wire.receive().status == 200)
            stopping.wait()
            #expect(emulator.stats.objects == 1)
        }
    }

    @Test func doesNotWaitForIdleConnections() throws {
        try withEmulator { emulator, wire in
            _ = try wire.exchange(body: Self.body)
            let start = ContinuousClock.now
            emulator.stop()
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(throws: Wire.Failure.self) { try Wire(emulator) }
        }
    }

    /// A program that was started meanwhile has not inherited the sockets.
    @Test func endsItsConnectionsForAllProcesses() throws {
        try withEmulator { emulator, wire in
            _ = try wire.exchange(body: Self.body)
            let other = try Command("/bin/sh", ["-c", "echo up; exec sleep 60"])
            #expect(other.output(upTo: "up\n") == "up\n")
            emulator.stop()
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(throws: Wire.Failure.self) { try Wire(emulator) }
            kill(other.process, SIGKILL)
            #expect(other.end().status == -SIGKILL)
        }
    }

    @Test func givesUpOnClientsThatNeverFinish() throws {
        var options = Emulator.Options()
        options.stopMilliseconds = 50
        try withEmulator(options) { emulator, wire in
            try wire.send(Array(Request.bytes(body: Self.body).dropLast()))
            #expect(eventually { emulator.stats.requests == 1 })
            emulator.stop()
            #expect(try wire.receiveToEnd().bytes == [])
            #expect(emulator.stats.objects == 0)
        }
    }

    @Test func stopsOnceOnly() throws {
        let emulator = try Emulator.start()
        emulator.stop()
        emulator.stop()
        emulator.clear()
        #expect(emulator.stats == Emulator.Stats())
    }

    @Test func stopsWhenNobodyHoldsIt() throws {
        let wire = try Wire(Emulator.start())
        #expect(try wire.receiveToEnd().bytes == [])
    }

    @Test func saysWhyItCannotStart() throws {
        let emulator = try Emulator.start()
        defer { emulator.stop() }
        func reason(_ change: (inout Emulator.Options) -> Void) -> String {
            var options = Emulator.Options()
            change(&options)
            let error = #expect(throws: EmulatorError.self) { try Emulator.start(options) }
            return error?.description ?? ""
        }
        let busy = reason { $0.port = emulator.port }
        #expect(busy.hasPrefix("port \(emulator.port) of 127.0.0.1 is in use; choose another"))
        #expect(reason { $0.host = "192.0.2.1" }.hasPrefix("this machine has no address 192.0.2.1"))
        let folder = reason { $0.database = "/no/such/folder/file" }
        #expect(folder.hasPrefix("cannot keep objects in /no/such/folder/file: unable to open"))
    }
}
