// SPDX-License-Identifier: Apache-2.0
import CPosix

/// `SDK-HMAC-SHA256`: a code of the canonical request and its date, made with the secret key.
package enum Signature {
    /// What the header `Authorization` says. `date` is the call's `X-Sdk-Date`.
    package static func authorization(
        _ request: CanonicalRequest, date: Text, key: AccessKey
    ) throws(DatapanelError) -> Text {
        let text = try textToSign(request, date: date)
        var line = Bytes()
        try line.append("SDK-HMAC-SHA256 Access=")
        try line.append(text: key.access)
        try line.append(", SignedHeaders=")
        try request.writeNames(to: &line)
        try line.append(", Signature=")
        try line.append(text: Digest.code(text.view, key: key.secret.bytes))
        return try Text(line.view)
    }

    private static func textToSign(
        _ request: CanonicalRequest, date: Text
    ) throws(DatapanelError) -> Bytes {
        var canonical = try request.text()
        defer { canonical.wipe() }
        var text = Bytes()
        try text.append("SDK-HMAC-SHA256\n")
        try text.append(text: date)
        try text.append(UInt8(ascii: "\n"))
        try text.append(text: Digest.of(canonical.view))
        return text
    }

    /// A time as `X-Sdk-Date` has it: "20251130T235959Z". In seconds of Unix time.
    package static func date(_ seconds: Int64) throws(DatapanelError) -> Text {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        var text = Bytes()
        try text.reserve(32)
        _ = text.fill(32) { room in
            strftime(room.baseAddress, room.count, "%Y%m%dT%H%M%SZ", &parts)
        }
        return try Text(text.view)
    }
}
