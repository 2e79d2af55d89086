// SPDX-License-Identifier: Apache-2.0

/// What a spool asks of the folder it has to itself, so that tests can have a disk that is full,
/// fails, or loses power at any step. Files are segments, and named by their numbers.
protocol SpoolDisk {
    /// The numbers of the segments that are there, in any order.
    mutating func segments() throws(SpoolFault) -> [UInt64]
    /// Opens a segment to be read and written, and makes it where it is new.
    mutating func open(_ number: UInt64, isNew: Bool) throws(SpoolFault) -> Int32
    mutating func close(_ file: Int32)
    /// Has the disk keep room for a file of so many bytes: to write within it will not fail for
    /// want of room.
    mutating func reserve(_ file: Int32, _ count: Int) throws(SpoolFault)
    /// All of the bytes. Part of them may be there when it throws.
    mutating func write(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SpoolFault)
    /// Appends what is in a part of a file, as far as it goes.
    mutating func read(
        _ file: Int32, _ range: Range<Int>, to bytes: inout Bytes
    ) throws(SpoolFault)
    mutating func count(_ file: Int32) throws(SpoolFault) -> Int
    /// Another descriptor for a file, which stays open when that is closed.
    mutating func hold(_ file: Int32) throws(SpoolFault) -> Int32
    /// Has what was written to a file survive a loss of power.
    mutating func sync(_ file: Int32) throws(SpoolFault)
    /// The same of names: which segments there are.
    mutating func syncFolder() throws(SpoolFault)
    /// Takes the place of a segment that is there already.
    mutating func rename(_ number: UInt64, to other: UInt64) throws(SpoolFault)
    mutating func remove(_ number: UInt64) throws(SpoolFault)
}

/// What a disk did not do, and why.
struct SpoolFault: Error, Equatable {
    let action: StaticString
    /// As `errno` has it.
    let reason: Int32

    static func == (one: SpoolFault, other: SpoolFault) -> Bool { one.reason == other.reason }
}
