// SPDX-License-Identifier: Apache-2.0

/// What one attempt brought: the facts, before anybody judges them.
package struct Exchange: ~Copyable {
    package var ending = Facts.Ending.complete
    package var status: Int32 = 0
    package var bodyCount = 0
    /// How much of the body libcurl has taken.
    package var bodyTaken = 0
    package var head = ReplyHead()
    package var reply = Bytes()
    /// libcurl's own words for what went wrong; "" when nothing did.
    package var curlText = ""

    package init() {}

    package var isBodyOut: Bool { bodyTaken >= bodyCount }
}
