// SPDX-License-Identifier: Apache-2.0
import CCurl

/// What we read of a reply's header lines. Names differ in case between servers and in HTTP/2.
package struct ReplyHead {
    package private(set) var requestId: Text?
    package private(set) var isJSON = false
    package private(set) var location: Text?
    /// What IAM gives, whole; nil as well when no header of ours could carry it.
    package private(set) var subjectToken: Text?
    private var retryAfterText: Text?
    private var dateText: Text?

    package init() {}

    /// Takes one header line as libcurl hands it over; a status line starts anew.
    package mutating func take(_ line: UnsafeRawBufferPointer) {
        if ASCII.hasPrefixIgnoringCase(line, "http/") {
            self = ReplyHead()
        } else if let value = Self.value("x-request-id:", line) {
            requestId = value.count > 0 ? Excerpt.of(value, limit: 256) : nil
        } else if let value = Self.value("content-type:", line) {
            isJSON = Self.isJSON(value)
        } else if let value = Self.value("retry-after:", line) {
            retryAfterText = Excerpt.of(value, limit: 64)
        } else if let value = Self.value("date:", line) {
            dateText = Excerpt.of(value, limit: 64)
        } else if let value = Self.value("location:", line) {
            location = Excerpt.of(value, limit: 256)
        } else if let value = Self.value("x-subject-token:", line) {
            subjectToken = ASCII.isVisible(value) ? try? Text(value, secret: true) : nil
        }
    }

    /// The time on the service's clock, in seconds of Unix time; nil when it is not told.
    package var date: Int64? { dateText.flatMap(Self.time) }

    /// How long the service asks to wait, in milliseconds. It may say so in seconds or as a date;
    /// a date is compared with the service's own, if there is one, and not with our clock. Nil
    /// when it says nothing or nothing that can be read.
    package func retryAfter(now: Int64) -> Int64? {
        guard let text = retryAfterText else { return nil }
        if let seconds = ASCII.number(text.bytes) { return Self.milliseconds(seconds) }
        guard let until = Self.time(text) else { return nil }
        return Self.milliseconds(until - (date ?? now))
    }

    /// Years have no bound in a date, and a product without one could overflow.
    private static func milliseconds(_ seconds: Int64) -> Int64 {
        min(max(0, seconds), Int64(Int32.max)) * 1_000
    }

    private static func value(
        _ name: StaticString, _ line: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard ASCII.hasPrefixIgnoringCase(line, name) else { return nil }
        return ASCII.trimmed(UnsafeRawBufferPointer(rebasing: line[name.utf8CodeUnitCount...]))
    }

    /// application/json, application/problem+json and the like, with or without parameters.
    private static func isJSON(_ value: UnsafeRawBufferPointer) -> Bool {
        let end = value.firstIndex(of: UInt8(ascii: ";")) ?? value.count
        let type = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: value[..<end]))
        guard ASCII.hasPrefixIgnoringCase(type, "application/") else { return false }
        let last = UnsafeRawBufferPointer(rebasing: type[max(0, type.count - 4)...])
        return ASCII.equalIgnoringCase(last, "json")
    }

    /// Seconds of Unix time; nil for what is no date.
    private static func time(_ text: Text) -> Int64? {
        let time = curl_getdate(text.pointer, nil)
        return time >= 0 ? Int64(time) : nil
    }
}
