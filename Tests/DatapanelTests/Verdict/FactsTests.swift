import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

/// The rows of the verdict table, each from the facts that lead to it.
struct FactsTests {
    private func before(_ ending: Facts.Ending, out: Bool) -> Situation {
        Facts(ending: ending, isBodyOut: out).situation
    }

    private func status(
        _ status: Int32, retryAfter: Bool = false, out: Bool = true
    ) -> Situation {
        Facts(status: status, isBodyOut: out, hasRetryAfter: retryAfter).situation
    }

    @Test func withoutTheLastByteNothingIsStored() {
        #expect(before(.unresolved, out: false) == .resolveFailed)
        #expect(before(.unconnected, out: false) == .connectFailed)
        #expect(before(.badCertificate, out: false) == .certificateRefused)
        #expect(before(.badHandshake, out: false) == .handshakeFailed)
        #expect(before(.badProxy, out: false) == .proxyRefused)
        #expect(before(.outOfMemory, out: false) == .noMemory)
        for ending in [Facts.Ending.broken, .outOfTime, .complete, .replyTooLarge] {
            #expect(before(ending, out: false) == .sendBroken)
        }
        for ending in [Facts.Ending.unresolved, .unconnected, .broken, .outOfTime, .outOfMemory] {
            #expect(before(ending, out: false).verdict.stored == .no)
        }
    }

    @Test func afterTheLastByteSilenceIsAmbiguous() {
        #expect(before(.broken, out: true) == .noReply)
        #expect(before(.complete, out: true) == .noReply)
        #expect(before(.outOfTime, out: true) == .replyTimeout)
        #expect(before(.outOfMemory, out: true) == .noReply)
        #expect(before(.broken, out: true).verdict.stored == .maybe)
        #expect(before(.outOfTime, out: true).verdict.stored == .maybe)
    }

    @Test(arguments: [
        (ReplyShape.complete, Situation.stored), (.missingIds, .itemWithoutId),
        (.wrongLength(0), .wrongLength), (.serviceError, .errorInSuccess), (.page, .pageInSuccess),
        (.unusable, .replyUnusable),
    ])
    func successIsJudgedByItsReply(_ reply: ReplyShape, _ expected: Situation) {
        for status in Int32(200)...299 {
            #expect(Facts(status: status, reply: reply).situation == expected)
        }
        let isStored = reply == .complete
        #expect(expected.verdict.stored == (isStored ? .yes : .maybe))
    }

    @Test func aReplyThatBrokeOffCannotBeUsed() {
        for ending in [Facts.Ending.broken, .outOfTime, .replyTooLarge, .outOfMemory] {
            let facts = Facts(ending: ending, status: 200, reply: .complete)
            #expect(facts.situation == .replyUnusable)
        }
    }

    @Test(arguments: [
        (301, Situation.redirect, Verdict.Next.block, Stored.no, Code.endpoint),
        (302, .redirect, .block, .no, .endpoint), (399, .redirect, .block, .no, .endpoint),
        (400, .badRequest, .split, .no, .rejected), (401, .unauthorized, .renew, .no, .auth),
        (402, .otherClientError, .split, .no, .rejected),
        (403, .forbidden, .block, .no, .forbidden),
        (404, .wrongEndpoint, .block, .no, .endpoint),
        (405, .wrongEndpoint, .block, .no, .endpoint),
        (407, .proxyRefused, .block, .no, .proxy), (408, .requestTimeout, .retry, .no, .server),
        (409, .conflict, .split, .no, .rejected), (410, .wrongEndpoint, .block, .no, .endpoint),
        (413, .tooLarge, .halve, .no, .tooLarge), (415, .wrongEndpoint, .block, .no, .endpoint),
        (418, .otherClientError, .split, .no, .rejected),
        (422, .unprocessable, .split, .no, .rejected), (429, .throttled, .retry, .no, .throttled),
        (431, .headersTooLarge, .block, .no, .endpoint),
        (494, .headersTooLarge, .block, .no, .endpoint),
        (500, .serverError, .ambiguous, .maybe, .server),
        (501, .wrongEndpoint, .block, .no, .endpoint),
        (502, .badGateway, .ambiguous, .maybe, .server),
        (503, .unavailable, .ambiguous, .maybe, .server),
        (504, .badGateway, .ambiguous, .maybe, .server),
        (505, .wrongEndpoint, .block, .no, .endpoint),
        (599, .otherServerError, .ambiguous, .maybe, .server),
    ])
    func everyStatusHasItsRow(
        _ status: Int, _ situation: Situation, _ next: Verdict.Next, _ stored: Stored, _ code: Code
    ) {
        let found = self.status(Int32(status))
        #expect(found == situation)
        #expect(found.verdict.next == next)
        #expect(found.verdict.stored == stored)
        #expect(found.verdict.code == code)
    }

    @Test func aTimeToWaitMakesItCertainThatNothingIsStored() {
        #expect(status(429, retryAfter: true) == .throttledFor)
        #expect(status(503, retryAfter: true) == .unavailableFor)
        #expect(Situation.throttledFor.verdict.next == .hold)
        #expect(Situation.unavailableFor.verdict.next == .hold)
        #expect(Situation.unavailableFor.verdict.stored == .no)
        #expect(status(500, retryAfter: true) == .serverError)
    }

    @Test func aServerErrorBeforeTheWholeBodyIsNotAmbiguous() {
        for code in [Int32(500), 502, 503, 504, 599] {
            #expect(status(code, out: false) == .sendBroken)
        }
        #expect(status(413, out: false) == .tooLarge)
        #expect(status(501, out: false).verdict.stored == .no)
    }

    @Test func noSituationIsWithoutWords() {
        for situation in Situation.allCases {
            #expect(situation.verdict.sign.utf8CodeUnitCount > 0)
            #expect(situation.verdict.advice.utf8CodeUnitCount > 0)
            #expect((situation.verdict.code == .ok) == (situation == .stored))
        }
    }

    @Test func whatMayBeTriedAgainWasNotStored() {
        for situation in Situation.allCases {
            let verdict = situation.verdict
            switch verdict.next {
            case .retry, .hold, .renew, .split, .halve, .block, .fail:
                #expect(verdict.stored == .no)
            case .ambiguous, .unconfirmed, .unconfirmedAndBlock: #expect(verdict.stored == .maybe)
            case .deliver: #expect(verdict.stored == .yes)
            }
        }
    }
}
