import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct ReplyHeadTests {
    private func head(_ lines: String...) -> ReplyHead {
        var head = ReplyHead()
        for line in lines { withBytes(line + "\r\n") { head.take($0) } }
        return head
    }

    @Test func namesAreComparedWithoutCase() {
        for name in ["X-request-id", "x-request-id", "X-REQUEST-ID"] {
            #expect(head("\(name):  abc-1 ").requestId == "abc-1")
        }
        #expect(head("X-request-id-too: a").requestId == nil)
        #expect(head("X-request-id:").requestId == nil)
    }

    @Test func aStatusLineStartsAnew() {
        let head = head("HTTP/1.1 100 Continue", "X-request-id: a", "HTTP/2 200", "Location: b")
        #expect(head.requestId == nil)
        #expect(head.location == "b")
    }

    @Test(arguments: [
        ("application/json", true), ("application/json;charset=UTF-8", true),
        ("Application/JSON ; x", true), ("application/problem+json", true), ("text/html", false),
        ("text/json", false), ("json", false), ("", false),
    ])
    func contentTypesAreToldApart(_ type: String, _ isJSON: Bool) {
        #expect(head("Content-Type: \(type)").isJSON == isJSON)
    }

    @Test(arguments: [
        ("0", Int64(0)), ("7", 7_000), (" 300 ", 300_000), ("999999999999", 2_147_483_647_000),
    ])
    func secondsAreRead(_ value: String, _ milliseconds: Int64) {
        #expect(head("Retry-After: \(value)").retryAfter(now: 0) == milliseconds)
    }

    @Test(arguments: ["", "soon", "-5", "1.5", "99999999999999999999999"])
    func garbageIsNoTime(_ value: String) {
        #expect(head("Retry-After: \(value)").retryAfter(now: 0) == nil)
    }

    @Test func aDateIsComparedWithTheServicesOwn() {
        let later = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(head("Date: Sun, 06 Nov 1994 08:49:30 GMT", later).retryAfter(now: 0) == 7_000)
        #expect(head(later).retryAfter(now: 784_111_770) == 7_000)
        #expect(head(later).retryAfter(now: 784_111_800) == 0)
    }

    @Test func aDateInTheFarFutureIsBounded() {
        let far = "Retry-After: Thu, 01 Jan 2147483647 00:00:00 GMT"
        #expect(head(far).retryAfter(now: 0) == 2_147_483_647_000)
    }
}

struct StallWatchTests {
    /// What the watch says at each moment: how much was taken, and when, in milliseconds.
    private func stalls(limit: Int64, _ moments: [(taken: Int, time: Int64)]) -> [Bool] {
        var watch = StallWatch(limit: limit)
        return moments.map { watch.check($0.taken, at: $0.time) }
    }

    @Test func aSlowUploadIsBrokenOff() {
        let moments = (0...15).map { (taken: $0, time: Int64($0) * 1_000) }
        let found = stalls(limit: 15_000, moments)
        #expect(found.firstIndex(of: true) == 15)
    }

    @Test func anUploadThatMovesIsLeftAlone() {
        let moments = (0..<1_000).map { (taken: $0 * 2_000, time: Int64($0) * 1_000) }
        #expect(!stalls(limit: 15_000, moments).contains(true))
    }

    @Test func aStallLateInTheUploadIsFound() {
        let found = stalls(
            limit: 1_000,
            [(0, 0), (1_000_000, 1_000), (1_000_000, 1_999), (1_000_000, 2_000)])
        #expect(found == [false, false, false, true])
    }
}
