// SPDX-License-Identifier: Apache-2.0

/// Numbers of objects, as the content of a record: runs of a first number (8 bytes) and a count
/// (4 bytes), lowest byte first. Those of a batch are one run as a rule.
struct SpoolRuns: ~Copyable {
    private static let stride = 12

    private var runs = Bytes()
    private var next: UInt64?

    var content: UnsafeRawBufferPointer { runs.view }

    /// Makes room for so many numbers, however they stand.
    mutating func reserve(_ count: Int) throws(DatapanelError) {
        try runs.reserve(count * Self.stride)
    }

    mutating func add(_ number: UInt64) throws(DatapanelError) {
        if number == next {
            let place = runs.count - 4
            let count = LittleEndian.word(runs.view, place)
            runs.mutableView.storeBytes(
                of: (count + 1).littleEndian, toByteOffset: place, as: UInt32.self)
        } else {
            var run = InlineArray<3, UInt32>(repeating: 1)
            run[0] = UInt32(truncatingIfNeeded: number).littleEndian
            run[1] = UInt32(truncatingIfNeeded: number >> 32).littleEndian
            run[2] = UInt32(1).littleEndian
            try withUnsafeBytes(of: &run) { view throws(DatapanelError) in try runs.append(view) }
        }
        next = number + 1
    }

    /// What is no whole run is passed over.
    static func forEach(in content: UnsafeRawBufferPointer, _ body: (UInt64, UInt64) -> Void) {
        var place = 0
        while place + stride <= content.count {
            body(
                LittleEndian.number(content, place), UInt64(LittleEndian.word(content, place + 8)))
            place += stride
        }
    }
}
