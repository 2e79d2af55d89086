// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct CredentialGateTests {
    private func gate(_ auth: String) throws -> CredentialGate {
        var config = Config()
        try withBytes("auth") { key in try withBytes(auth) { try config.set(key, $0) } }
        return CredentialGate(config)
    }

    @Test func aTokenMayBeTriedAsOftenAsAnyone() throws {
        var gate = try gate("token")
        gate.answered(Situation.unauthorized.verdict, round: 0, isRenewed: false, now: 1_000)
        #expect(gate.letsMany)
        #expect(gate.opensAt == 0)
    }

    @Test func manyFollowOneThatWasLetIn() throws {
        var gate = try gate("aksk")
        #expect(!gate.letsMany)
        for situation in [Situation.throttled, .connectFailed, .noReply, .forbidden] {
            gate.answered(situation.verdict, round: 0, isRenewed: false, now: 1_000)
            #expect(!gate.letsMany)
            #expect(gate.opensAt == 0)
        }
        gate.answered(Situation.stored.verdict, round: 0, isRenewed: false, now: 1_000)
        #expect(gate.letsMany)
    }

    @Test func afterARefusalThereIsARestUnlessItIsMended() throws {
        var gate = try gate("aksk")
        gate.answered(Situation.stored.verdict, round: 0, isRenewed: false, now: 1_000)
        gate.answered(Situation.unauthorized.verdict, round: 0, isRenewed: true, now: 2_000)
        #expect(!gate.letsMany)
        #expect(gate.opensAt == 0)
        gate.answered(Situation.unauthorized.verdict, round: 0, isRenewed: false, now: 3_000)
        #expect(gate.opensAt == 303_000)
    }
}
