// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// A local stand-in for the SecMaster data panel: a real HTTP server with a real store, to try the
/// library against and to test it with.
///
///     let emulator = try Emulator.start()
///     emulator.add(Fault(.reply(status: 429, headers: [Header("Retry-After", "1")]), times: 2))
///     // …let something send to emulator.url…
///     #expect(emulator.objects(dataclass: DataClass.alert.id).count == 100)
///     emulator.stop()
///
/// Safe to use from any thread. It stops when `stop` is called or nobody holds it any more.
public final class Emulator: Sendable {
    public let options: Options
    /// Where it listens, without a slash at the end: "http://127.0.0.1:41234".
    public let url: String
    public let port: Int

    private let service: Service
    private let server: Server

    /// Starts one; when this returns, it takes requests.
    public static func start(_ options: Options = Options()) throws(EmulatorError) -> Emulator {
        try Emulator(options)
    }

    private init(_ options: Options) throws(EmulatorError) {
        self.options = options
        do {
            service = try Service(options)
        } catch {
            throw EmulatorError(description: Self.explain(error, options.database))
        }
        server = try Server(service, host: options.host, port: options.port)
        port = server.address.port ?? options.port
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        url = "http://\(host):\(port)"
    }

    deinit {
        stop()
    }

    // MARK: What it holds

    /// The objects of a data class, byte for byte, in the order they were stored.
    public func objects(dataclass: String) -> [[UInt8]] {
        orFail { () throws(StoreError) in try service.objects(dataclass: dataclass) }
    }

    public var stats: Stats { service.stats }

    /// The last `options.recordedRequests` requests to the service, the oldest first.
    public var requests: [RecordedRequest] { service.recorded }

    /// Forgets the objects, the statistics and the recorded requests; the faults stay.
    public func clear() {
        orFail { () throws(StoreError) in try service.clear() }
    }

    // MARK: What goes wrong

    /// Adds faults behind those still to come.
    public func add(_ faults: Fault...) {
        service.add(faults)
    }

    public func clearFaults() {
        service.removeFaults()
    }

    // MARK: What changes meanwhile

    /// Adds a data class, or gives the one with its id another name. Nil is the workspace of the
    /// options; false when there is no such workspace.
    @discardableResult
    public func put(_ dataclass: DataClass, workspace: String? = nil) -> Bool {
        service.put(dataclass, workspace: workspace ?? options.workspace)
    }

    /// Removes a data class. Requests to it fail with `status` from now on; false when there was
    /// none.
    @discardableResult
    public func removeDataclass(id: String, status: Int = 404) -> Bool {
        service.removeDataclass(id: id, status: status)
    }

    /// Ends all tokens of IAM and all keys of the metadata service before their time, as when the
    /// password or the agency is changed. Returns how many were still good.
    @discardableResult
    public func revokeTokens() -> Int {
        service.endTokens()
    }

    /// Sets how far the emulator's clock is ahead.
    public func setClock(offsetSeconds: Int) {
        service.setClock(offsetSeconds: offsetSeconds)
    }

    // MARK: The end

    /// Stops gracefully: takes no more connections, answers the requests under way for up to
    /// `options.stopMilliseconds`, then closes. What was stored can still be read.
    public func stop() {
        server.stop(within: .milliseconds(Int64(options.stopMilliseconds)))
        // Tidiness only: what is committed is in the write-ahead log in any case.
        try? service.withState { state throws(StoreError) in try state.store.checkpoint() }
    }

    /// A database that fails under a test has to be noticed, and leaves nothing right to answer.
    private func orFail<Value>(_ work: () throws(StoreError) -> Value) -> Value {
        do { return try work() } catch { fatalError("the emulator's database failed: \(error)") }
    }

    private static func explain(_ error: StoreError, _ path: String?) -> String {
        guard let path else { return "cannot make a database in memory: \(error)" }
        return "cannot keep objects in \(path): \(error); the folder must exist and be writable, "
            + "and the file be new or an emulator's own"
    }
}
