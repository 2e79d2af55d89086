// SPDX-License-Identifier: Apache-2.0

/// How large the last batch was: the next one is likely as large, and need not grow.
struct UsualSize {
    /// So that buffers of about the same size have the same, and serve for one another.
    private static let step = 8 << 10

    private var objects = 0
    private var bytes = 0

    init() {}

    init(_ batch: Batch) {
        objects = batch.count
        bytes = batch.objects.count
    }

    /// With some room, in steps for what is large.
    func bytes(atMost most: Int) -> Int {
        let roomy = bytes + bytes / 16
        let stepped = roomy < Self.step ? roomy : (roomy / Self.step + 1) * Self.step
        return min(stepped, most)
    }

    func objects(atMost most: Int) -> Int { min(objects + objects / 16, most) }
}
