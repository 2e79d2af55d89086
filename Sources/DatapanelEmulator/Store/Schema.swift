// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// The layout of the database file, and how to know it again.
enum Schema {
    /// Marks a file as ours ("DPEM"), in the header field that SQLite keeps for that.
    static let applicationId = 0x4450_454D
    /// Goes up with every change of the tables.
    static let version = 1

    /// Makes the tables in a new file; refuses, untouched, a file that holds something else.
    static func prepare(_ database: Database) throws(StoreError) {
        let application = try database.integer("PRAGMA application_id")
        let isNew = try database.integer("SELECT count(*) FROM sqlite_schema") == 0
        if application == applicationId {
            let version = try database.integer("PRAGMA user_version")
            guard version == Self.version else {
                throw StoreError(
                    code: SQLITE_MISMATCH,
                    description: "it has format \(version), and this emulator reads \(Self.version)"
                )
            }
        } else if application != 0 || !isNew {
            throw StoreError(
                code: SQLITE_MISMATCH, description: "it is the database of another program")
        }
        // Write-ahead logging commits with one write. NORMAL leaves out the flush to the disk: what
        // was acknowledged outlives the process, though not the power supply.
        try database.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            PRAGMA wal_autocheckpoint = 10000; PRAGMA cache_size = -65536;
            """)
        if isNew { try database.execute(tables) }
    }

    private static let tables =
        """
        BEGIN;
        CREATE TABLE dataclasses (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE objects (
            sequence INTEGER PRIMARY KEY,
            dataclass INTEGER NOT NULL REFERENCES dataclasses (number),
            id BLOB NOT NULL UNIQUE,
            event_id BLOB NOT NULL,
            object BLOB NOT NULL
        ) STRICT;
        CREATE INDEX objects_of_dataclass ON objects (dataclass);
        PRAGMA application_id = \(applicationId);
        PRAGMA user_version = \(version);
        COMMIT;
        """
}
