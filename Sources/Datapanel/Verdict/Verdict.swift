// SPDX-License-Identifier: Apache-2.0

/// What a situation means for the objects of the call, and for those that would follow.
package struct Verdict: Sendable {
    package let next: Next
    package let stored: Stored
    package let code: Code
    /// How the situation is recognised, in words for a person.
    package let sign: StaticString
    /// What the person can do about it.
    package let advice: StaticString

    init(
        _ sign: StaticString, _ next: Next, _ stored: Stored, _ code: Code, _ advice: StaticString
    ) {
        self.sign = sign
        self.next = next
        self.stored = stored
        self.code = code
        self.advice = advice
    }

    /// The same of something that is wrong with the target, whatever the objects are.
    var blocking: Verdict { Verdict(sign, .block, .no, code, advice) }

    package enum Next: CaseIterable, Sendable {
        case deliver, retry, hold, renew, split, halve, block
        case ambiguous, unconfirmed, unconfirmedAndBlock, fail

        package var name: StaticString {
            switch self {
            case .deliver: "deliver"
            case .retry: "retry"
            case .hold: "hold"
            case .renew: "renew"
            case .split: "split"
            case .halve: "halve"
            case .block: "block"
            case .ambiguous: "ambiguous"
            case .unconfirmed: "unconfirmed"
            case .unconfirmedAndBlock: "unconfirmed, block"
            case .fail: "fail"
            }
        }

        package var meaning: StaticString {
            switch self {
            case .deliver: "every object has its id"
            case .retry: "try again after a pause; nothing was stored"
            case .hold: "wait as long as the service says, then try again; nothing was stored"
            case .renew: "try once more with renewed credentials, then block"
            case .split: "send the objects in two halves, for some of them may be at fault"
            case .halve: "send the objects in two halves, for they were too many bytes"
            case .block: "keep the objects and wait for a person; nothing sent here can work now"
            case .ambiguous: "may be stored; the caller decides whether a duplicate would be worse"
            case .unconfirmed: "final, and probably stored; never sent again by itself"
            case .unconfirmedAndBlock: "unconfirmed for these objects, block for those that follow"
            case .fail: "final for these objects"
            }
        }
    }
}
