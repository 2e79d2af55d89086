// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// What an error's body says. The service, its gateway and IAM each have a spelling of their own.
package struct ServiceError {
    package private(set) var code: Text?
    package private(set) var message: Text?
    package private(set) var requestId: Text?

    /// Deeper bodies are no error of the service; jansson recurses, and our stack is the host's.
    private static let depthLimit = 32
    private static let textLimit = 1_024

    private static let spellings: [(code: StaticString, message: StaticString)] = [
        ("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"),
    ]

    /// Nothing was said.
    package init() {}

    /// As people may see it.
    init(_ exchange: Exchange) {
        self.init(exchange.reply.view)
        code = exchange.shown(code)
        message = exchange.shown(message)
        requestId = exchange.shown(requestId)
    }

    package init(_ body: UnsafeRawBufferPointer) {
        guard let root = try? JSONValue.parse(body, depthLimit: Self.depthLimit) else { return }
        requestId = Self.text(root.pointer, "request_id")
        read(root.pointer)
        // IAM: {"error":{"code":401,"message":"…","title":"Unauthorized"}}
        if code == nil && message == nil { read(json_object_get(root.pointer, "error")) }
    }

    /// Whether the text is an object that tells of an error.
    package static func isError(_ body: UnsafeRawBufferPointer) -> Bool {
        let error = ServiceError(body)
        return error.code != nil || error.message != nil
    }

    private mutating func read(_ object: UnsafeMutablePointer<json_t>?) {
        for spelling in Self.spellings where code == nil && message == nil {
            code = Self.text(object, spelling.code)
            message = Self.text(object, spelling.message).map(QuotedTokens.hidden)
        }
    }

    /// A string or a number by name; jansson answers NULL for whatever is no object.
    private static func text(
        _ object: UnsafeMutablePointer<json_t>?, _ name: StaticString
    ) -> Text? {
        let name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard let value = json_object_get(object, name) else { return nil }
        switch dpx_json_type(value) {
        case JSON_STRING:
            let bytes = UnsafeRawBufferPointer(
                start: json_string_value(value), count: json_string_length(value))
            return bytes.count > 0 ? Excerpt.of(bytes, limit: textLimit) : nil
        case JSON_INTEGER:
            return "\(json_integer_value(value))"
        default:
            return nil
        }
    }
}
