// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct RepeatGateTests {
    /// What the gate says of failures at these times.
    private func admitted(_ failures: [(Code, Int64)]) -> [Int?] {
        var gate = RepeatGate()
        return failures.map { gate.admit($0, now: $1) }
    }

    @Test func theSameFailureIsShownEveryHalfMinute() {
        let shown = admitted((0..<62).map { (.connect, 1_000 + Int64($0) * 1_000) })
        for (second, leftOut) in shown.enumerated() {
            let expected: Int? = second == 0 ? 0 : second % 30 == 0 ? 29 : nil
            #expect(leftOut == expected)
        }
    }

    @Test func anotherFailureIsShownAtOnce() {
        let shown = admitted([
            (.connect, 1_000), (.connect, 1_001), (.server, 1_002), (.connect, 1_003),
        ])
        #expect(shown == [0, nil, 0, 0])
    }

    @Test func recoveryIsToldOnce() {
        var gate = RepeatGate()
        var told = [gate.recover()]
        let shown = gate.admit(.connect, now: 1_000)
        told += [gate.recover(), gate.recover()]
        let again = gate.admit(.connect, now: 1_001)
        #expect(told == [false, true, false])
        #expect([shown, again] == [0, 0])
    }
}
