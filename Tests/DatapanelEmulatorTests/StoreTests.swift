// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import Testing

@testable import DatapanelEmulator

struct IdentifierTests {
    @Test func readsAndWritesTheUsualForm() {
        let text = "0192f3a4-b5c6-7d8e-9fa0-b1c2d3e4f506"
        #expect(Identifier(text).map { String(decoding: $0.text, as: UTF8.self) } == text)
        #expect(Identifier(text.uppercased()) == Identifier(text))
    }

    @Test(arguments: [
        "", "0192f3a4b5c67d8e9fa0b1c2d3e4f506", "0192f3a4-b5c6-7d8e-9fa0-b1c2d3e4f50g",
    ])
    func refusesOtherForms(text: String) {
        #expect(Identifier(text) == nil)
    }

    @Test func eachSortsAfterTheOneBefore() {
        var source = IdentifierSource()
        var previous = source.next(now: 1_000)
        // More than fit into a millisecond, and then a clock that goes back.
        for index in 0..<10_000 {
            let next = source.next(now: index < 9_000 ? 1_000 : 500)
            #expect(next.high > previous.high)
            #expect(next.high >> 12 & 0xF == 7 && next.low >> 62 == 2)
            previous = next
        }
    }
}

struct StoreTests {
    private let dataclass = DataClass.alert.id

    /// Stores each of these texts as an object.
    private func fill(_ store: Store, _ objects: [String]) throws -> [Store.Ids] {
        let body = Request.batch(objects.map { Array($0.utf8) })
        return try store.add(BatchBody(body).objects, of: body, dataclass: dataclass, now: 1_000)
    }

    private func read(_ store: Store, _ search: SearchBody = .everything) throws -> [String] {
        var objects: [String] = []
        try store.visit(dataclass: dataclass, search) {
            objects.append(String(decoding: $0, as: UTF8.self))
        }
        return objects
    }

    @Test func keepsObjectsInOrderAndByteForByte() throws {
        let store = try Store(path: nil)
        let ids = try fill(store, [#"{"n":1.50}"#, " {} "]) + fill(store, ["{}"])
        #expect(try read(store) == [#"{"n":1.50}"#, " {} ", "{}"])
        #expect(try store.object(ids[1].id, dataclass: dataclass) == Array(" {} ".utf8))
        #expect(try store.object(ids[1].eventId, dataclass: dataclass) == nil)
        #expect(try store.object(ids[1].id, dataclass: DataClass.incident.id) == nil)
        #expect(try store.count(dataclass: dataclass) == 3)
        #expect(try store.count(dataclass: DataClass.incident.id) == 0)
        #expect(store.total == 3)
    }

    @Test func pagesInBothDirections() throws {
        let store = try Store(path: nil)
        _ = try fill(store, (0..<5).map { #"{"n":\#($0)}"# })
        var search = SearchBody()
        (search.limit, search.offset) = (2, 1)
        #expect(try read(store, search) == [#"{"n":1}"#, #"{"n":2}"#])
        search.newestFirst = true
        #expect(try read(store, search) == [#"{"n":3}"#, #"{"n":2}"#])
    }

    @Test func keepsObjectsInItsFile() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let ids = try fill(Store(path: path), ["{}", #"{"a":1}"#])
        let reopened = try Store(path: path)
        #expect(reopened.total == 2)
        #expect(try reopened.object(ids[1].id, dataclass: dataclass) == Array(#"{"a":1}"#.utf8))
        try reopened.removeAll()
        #expect(reopened.total == 0)
        #expect(try Store(path: path).total == 0)
    }

    /// The whole batch, or nothing of it.
    @Test func storesNothingOfABatchThatFails() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let store = try Store(path: path)
        try Database(path: path).execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON objects WHEN length(NEW.object) > 2
            BEGIN SELECT raise(ABORT, 'too long for this test'); END
            """)
        let error = #expect(throws: StoreError.self) { try fill(store, ["{}", "{}", #"{"a":1}"#]) }
        #expect(error?.description == "too long for this test")
        #expect(store.total == 0)
        #expect(try read(store) == [])
        _ = try fill(store, ["{}"])
        #expect(store.total == 1)
    }

    @Test func refusesTheDatabaseOfAnotherProgramAndLeavesItAlone() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try Database(path: path).execute("CREATE TABLE theirs (a)")
        let error = #expect(throws: StoreError.self) { try Store(path: path) }
        #expect(error?.description == "it is the database of another program")
        let theirs = try Database(path: path)
        #expect(try theirs.integer("SELECT count(*) FROM sqlite_schema") == 1)
    }

    @Test func refusesAnotherFormat() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        _ = try Store(path: path)
        try Database(path: path).execute("PRAGMA user_version = 7")
        let error = #expect(throws: StoreError.self) { try Store(path: path) }
        #expect(error?.description == "it has format 7, and this emulator reads 1")
    }

    @Test func refusesWhatIsNoDatabase() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let file = try #require(fopen(path, "w"))
        fputs(String(repeating: "not a database\n", count: 100), file)
        fclose(file)
        let error = #expect(throws: StoreError.self) { try Store(path: path) }
        #expect(error?.code == SQLITE_NOTADB)
        #expect(throws: StoreError.self) { try Store(path: "/no/such/folder/file") }
        #expect(throws: StoreError.self) { try Store(path: "/tmp") }
    }
}
