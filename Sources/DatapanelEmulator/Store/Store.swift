// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// The objects, in a SQLite database. For one thread at a time.
final class Store {
    /// The two identifiers that the service gives an object.
    struct Ids: Equatable {
        var id: Identifier
        var eventId: Identifier
    }

    private let database: Database
    private let begin, commit, rollback: Statement
    private let addDataclass, findDataclass: Statement
    private let insert, find, count, oldest, newest: Statement
    private var identifiers = IdentifierSource()

    /// How many objects there are, of all data classes together.
    private(set) var total: Int

    /// Opens the file at `path`, or makes it; nil keeps everything in memory.
    init(path: String?) throws(StoreError) {
        database = try Database(path: path ?? ":memory:")
        try Schema.prepare(database)
        begin = try database.prepare("BEGIN IMMEDIATE")
        commit = try database.prepare("COMMIT")
        rollback = try database.prepare("ROLLBACK")
        addDataclass = try database.prepare("INSERT OR IGNORE INTO dataclasses (id) VALUES (?1)")
        findDataclass = try database.prepare("SELECT number FROM dataclasses WHERE id = ?1")
        let ofDataclass = "dataclass = (SELECT number FROM dataclasses WHERE id = ?1)"
        insert = try database.prepare(
            "INSERT INTO objects (dataclass, id, event_id, object) VALUES (?1, ?2, ?3, ?4)")
        find = try database.prepare(
            "SELECT object FROM objects WHERE \(ofDataclass) AND id = ?2")
        count = try database.prepare("SELECT count(*) FROM objects WHERE \(ofDataclass)")
        let page = "SELECT object FROM objects WHERE \(ofDataclass) ORDER BY sequence"
        oldest = try database.prepare("\(page) ASC LIMIT ?2 OFFSET ?3")
        newest = try database.prepare("\(page) DESC LIMIT ?2 OFFSET ?3")
        total = try database.integer("SELECT count(*) FROM objects")
    }

    /// Stores all of them, in this order, or none; they are committed when this returns.
    func add(
        _ objects: [Range<Int>], of body: [UInt8], dataclass: String, now: UInt64
    ) throws(StoreError) -> [Ids] {
        guard !objects.isEmpty else { return [] }
        try begin.run()
        do {
            let number = try number(ofDataclass: dataclass)
            var ids: [Ids] = []
            ids.reserveCapacity(objects.count)
            for object in objects {
                let pair = Ids(
                    id: identifiers.next(now: now), eventId: identifiers.next(now: now))
                try add(body, object, as: pair, dataclass: number)
                ids.append(pair)
            }
            try commit.run()
            total += ids.count
            return ids
        } catch {
            // A failed commit may have rolled back by itself; then there is nothing left to do.
            try? rollback.run()
            throw error
        }
    }

    /// Identifiers that belong to no object, for replies that lie.
    func inventIds(now: UInt64) -> Ids {
        Ids(id: identifiers.next(now: now), eventId: identifiers.next(now: now))
    }

    func object(_ id: Identifier, dataclass: String) throws(StoreError) -> [UInt8]? {
        defer { find.reset() }
        find.bind(1, dataclass)
        return try id.withBytes { bytes throws(StoreError) in
            find.bind(2, borrowing: bytes)
            return try find.step() ? Array(find.blob(0)) : nil
        }
    }

    /// Calls `visit` with some of the objects of a data class, in storing order or backwards.
    func visit(
        dataclass: String, _ search: SearchBody, _ visit: (UnsafeRawBufferPointer) -> Void
    ) throws(StoreError) {
        let page = search.newestFirst ? newest : oldest
        defer { page.reset() }
        page.bind(1, dataclass)
        page.bind(2, search.limit)
        page.bind(3, search.offset)
        while try page.step() { visit(page.blob(0)) }
    }

    func count(dataclass: String) throws(StoreError) -> Int {
        defer { count.reset() }
        count.bind(1, dataclass)
        return try count.step() ? count.integer(0) : 0
    }

    func removeAll() throws(StoreError) {
        try database.execute("DELETE FROM objects")
        total = 0
    }

    /// Moves everything from the write-ahead log into the database file.
    func checkpoint() throws(StoreError) {
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    private func add(
        _ body: [UInt8], _ object: Range<Int>, as ids: Ids, dataclass: Int
    ) throws(StoreError) {
        insert.bind(1, dataclass)
        try ids.id.withBytes { id throws(StoreError) in
            try ids.eventId.withBytes { eventId throws(StoreError) in
                try body.withUnsafeBufferPointer { bytes throws(StoreError) in
                    insert.bind(2, borrowing: id)
                    insert.bind(3, borrowing: eventId)
                    insert.bind(4, borrowing: UnsafeRawBufferPointer(bytes.extracting(object)))
                    try insert.run()
                }
            }
        }
    }

    /// Objects refer to their data class by a small number, which keeps their index small.
    private func number(ofDataclass id: String) throws(StoreError) -> Int {
        defer { findDataclass.reset() }
        findDataclass.bind(1, id)
        if try findDataclass.step() { return findDataclass.integer(0) }
        addDataclass.bind(1, id)
        try addDataclass.run()
        findDataclass.reset()
        return try findDataclass.step() ? findDataclass.integer(0) : 0
    }
}
