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

    package enum Next: Sendable {
        /// Every object has its id.
        case deliver
        /// Try again after a pause; nothing was stored.
        case retry
        /// Wait as long as the service says, then try again; nothing was stored.
        case hold
        /// Renew the credentials and try again, once; then as `block`.
        case renew
        /// Send the objects in two halves: some of them may be at fault.
        case split
        /// The same without a look at the objects: there were too many bytes.
        case halve
        /// Nothing that is sent here can work now: keep the objects and wait for a person.
        case block
        /// May have been stored: the ambiguity policy decides between another attempt and the end.
        case ambiguous
        /// Final, and probably stored: never sent again by itself.
        case unconfirmed
        /// As `unconfirmed` for these objects, and as `block` for those that follow.
        case unconfirmedAndBlock
        /// Final for these objects.
        case fail

        package var name: StaticString {
            switch self {
            case .deliver: "deliver"
            case .retry: "retry"
            case .hold: "hold"
            case .renew: "renew the credentials, once"
            case .split: "split"
            case .halve: "halve"
            case .block: "block"
            case .ambiguous: "ambiguous"
            case .unconfirmed: "unconfirmed"
            case .unconfirmedAndBlock: "unconfirmed and block"
            case .fail: "fail"
            }
        }
    }
}
