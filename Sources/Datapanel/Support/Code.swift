// SPDX-License-Identifier: Apache-2.0

/// What a call, or the submission of an object, came to.
///
/// The boundary gives each case its number in the C header; a case without one does not compile.
package enum Code: CaseIterable, Sendable {
    case ok
    case argument, config, json, path, empty, tooLarge
    case noMemory, file, queueFull, wait, spool, `internal`
    case resolve, connect, tls, tlsVerify, proxy, send, noReply, timeout
    case rejected, auth, forbidden, endpoint, throttled, server, reply, replyItem, name
    case forked, cancelled, expired, closed
}
