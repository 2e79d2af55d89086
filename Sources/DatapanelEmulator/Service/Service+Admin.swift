// SPDX-License-Identifier: Apache-2.0

/// The emulator's own routes, and the same for programs that hold the emulator in process.
extension Service {
    var stats: Emulator.Stats {
        withState { state in
            var stats = state.stats
            stats.objects = state.store.total
            return stats
        }
    }

    var recorded: [Emulator.RecordedRequest] {
        withState { $0.recorded }
    }

    func add(_ faults: [Fault]) {
        withState { $0.faults.add(faults) }
    }

    func removeFaults() {
        withState { $0.faults.clear() }
    }

    /// Empties the store and starts the statistics over.
    func clear() throws(StoreError) {
        try withState { state throws(StoreError) in
            try state.store.removeAll()
            state.stats = Emulator.Stats()
            state.epoch += 1
            state.recorded = []
        }
    }

    func objects(dataclass: String) throws(StoreError) -> [[UInt8]] {
        try withState { state throws(StoreError) in
            var objects: [[UInt8]] = []
            try state.store.visit(dataclass: dataclass, .everything) { objects.append(Array($0)) }
            return objects
        }
    }

    func put(_ dataclass: DataClass, workspace: String) -> Bool {
        withState { $0.directory.put(dataclass, workspace: workspace) }
    }

    func removeDataclass(id: String, status: Int) -> Bool {
        withState { $0.directory.removeDataclass(id: id, status: status) }
    }

    func endTokens() -> Int {
        let now = now
        return withState { $0.tokens.revokeAll(now: now) + $0.keys.endIssued(now: now) }
    }

    func setClock(offsetSeconds: Int) {
        withState { $0.clockOffsetSeconds = offsetSeconds }
    }

    // MARK: The routes

    func addFaults(_ body: [UInt8]) throws(Refusal) -> Reply {
        do {
            let faults = try FaultBody(body).faults
            add(faults)
            return Self.reply("added", faults.count)
        } catch {
            throw .faults(error)
        }
    }

    func clearFaults() -> Reply {
        let count = withState { $0.faults.faults.count }
        removeFaults()
        return Self.reply("cleared", count)
    }

    func clearObjects() throws(Refusal) -> Reply {
        let count = stats.objects
        do { try clear() } catch { throw .storage(error) }
        return Self.reply("cleared", count)
    }

    func putDataclass(_ body: [UInt8]) throws(Refusal) -> Reply {
        let asked: DataClassBody
        do { asked = try DataClassBody(body) } catch { throw .admin(error) }
        guard put(asked.dataclass, workspace: asked.workspace ?? options.workspace) else {
            throw .admin("no workspace \(asked.workspace ?? "")")
        }
        return Self.reply("put", 1)
    }

    func removeDataclass(_ id: String, _ query: [String: String]) throws(Refusal) -> Reply {
        let status = query["status"] ?? "404"
        guard status == "404" || status == "400" else { throw .admin("status is 404 or 400") }
        return Self.reply("removed", removeDataclass(id: id, status: Int(status) ?? 404) ? 1 : 0)
    }

    func revokeTokens() -> Reply {
        Self.reply("ended", endTokens())
    }

    func setClock(_ body: [UInt8]) throws(Refusal) -> Reply {
        let asked: ClockBody
        do { asked = try ClockBody(body) } catch { throw .admin(error) }
        setClock(offsetSeconds: asked.offsetSeconds)
        return Self.reply("offset_seconds", asked.offsetSeconds)
    }

    private static func reply(_ name: StaticString, _ count: Int) -> Reply {
        var json = JSONWriter()
        json.object([name: .integer(count)])
        return Reply(json: json)
    }
}
