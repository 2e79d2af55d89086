// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// What SQLite says when something does not work.
struct StoreError: Error, Equatable, CustomStringConvertible {
    var code: Int32
    var description: String
}

/// A SQLite connection. For one thread at a time: its owner keeps it behind a lock.
final class Database {
    private let handle: OpaquePointer

    init(path: String) throws(StoreError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened else {
            throw StoreError(code: code, description: String(cString: sqlite3_errstr(code)))
        }
        handle = opened
        guard code == SQLITE_OK else { throw lastError }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit {
        // Unlike sqlite3_close, it waits for the statements, whatever order they are released in.
        sqlite3_close_v2(handle)
    }

    var lastError: StoreError {
        StoreError(
            code: sqlite3_errcode(handle), description: String(cString: sqlite3_errmsg(handle)))
    }

    func execute(_ sql: String) throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw lastError }
    }

    func prepare(_ sql: String) throws(StoreError) -> Statement {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw lastError }
        return Statement(prepared, of: self)
    }

    /// The single integer that a statement answers with; 0 when it answers with no row.
    func integer(_ sql: String) throws(StoreError) -> Int {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }
}

/// A prepared statement, to be bound, stepped through and reset again and again.
final class Statement {
    private let handle: OpaquePointer
    private let database: Database

    fileprivate init(_ handle: OpaquePointer, of database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// True when there is a row to read.
    func step() throws(StoreError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.lastError
        }
    }

    /// Steps once through a statement without rows, and makes it ready for the next time.
    func run() throws(StoreError) {
        defer { reset() }
        _ = try step()
    }

    func reset() {
        sqlite3_reset(handle)
    }

    func bind(_ index: Int32, _ value: Int) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    func bind(_ index: Int32, _ text: String) {
        // SQLITE_TRANSIENT, which C writes as -1 cast to a pointer: SQLite makes a copy.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text64(
            handle, index, text, UInt64(text.utf8.count), copied, UInt8(SQLITE_UTF8))
    }

    /// The bytes are not copied: they must stay until the statement was run or reset.
    func bind(_ index: Int32, borrowing bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
    }

    func integer(_ column: Int32) -> Int {
        Int(sqlite3_column_int64(handle, column))
    }

    func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
