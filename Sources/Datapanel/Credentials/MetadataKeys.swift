// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// Temporary keys as the metadata service tells them:
/// `{"credential":{"access":…,"secret":…,"securitytoken":…,"expires_at":…}}`.
struct MetadataKeys {
    let key: AccessKey
    /// In seconds of Unix time; nil when it is not told in a way that we know.
    let end: Int64?

    /// Deeper answers are not the service's; jansson recurses, and our stack is the host's.
    private static let depthLimit = 32

    /// Nil for an answer that has none.
    init?(_ answer: UnsafeRawBufferPointer) {
        guard let root = try? JSONValue.parse(answer, depthLimit: Self.depthLimit) else {
            return nil
        }
        let credential = json_object_get(root.pointer, "credential")
        guard let access = Self.text(json_object_get(credential, "access")),
            let secret = Self.text(json_object_get(credential, "secret")),
            let token = Self.text(json_object_get(credential, "securitytoken"))
        else { return nil }
        key = AccessKey(access: access, secret: secret, securityToken: token)
        end = IssuedTime.seconds(json_object_get(credential, "expires_at"))
    }

    /// A text that a header can carry. What jansson has of it is wiped.
    private static func text(_ value: UnsafeMutablePointer<json_t>?) -> Text? {
        guard let start = json_string_value(value) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: json_string_length(value))
        defer { explicit_bzero(UnsafeMutablePointer(mutating: start), bytes.count) }
        return ASCII.isVisible(bytes) ? try? Text(bytes, secret: true) : nil
    }
}
