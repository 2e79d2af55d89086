// SPDX-License-Identifier: Apache-2.0

/// `ReplyHead`: an input is the header lines of a reply.
enum HeadTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        var head = ReplyHead()
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            take(UnsafeRawBufferPointer(rebasing: line), &head)
        }
        expectPresentable(head.requestId, limit: 256)
        expectPresentable(head.location, limit: 256)
        let hasWait = checkRetryAfter(head)
        return hasWait || head.isJSON || head.requestId != nil || head.location != nil
    }

    /// Never inlined: the optimiser of Swift 6.3 breaks off when it merges `take` with the loop.
    @inline(never)
    private static func take(_ line: UnsafeRawBufferPointer, _ head: inout ReplyHead) {
        head.take(line)
    }

    /// The wait is never negative, and our clock matters at most when the service tells a date.
    private static func checkRetryAfter(_ head: ReplyHead) -> Bool {
        let clocks: [Int64] = [0, 1_795_000_000, Int64(Int32.max) * 2]
        let waits = clocks.map { head.retryAfter(now: $0) }
        for wait in waits {
            expect((wait == nil) == (waits[0] == nil), "a wait that depends on the clock's being")
            let bounds = 0...Int64(Int32.max) * 1_000
            expect(wait.map { bounds.contains($0) } ?? true, "a wait of \(wait ?? 0) ms")
        }
        return waits[0] != nil
    }
}
