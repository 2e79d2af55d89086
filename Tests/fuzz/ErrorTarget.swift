// SPDX-License-Identifier: Apache-2.0
import CJansson

/// `ServiceError`: what an error's body says can be shown, and is found wherever jansson finds it.
enum ErrorTarget {
    static func check(_ body: UnsafeRawBufferPointer) -> Bool {
        let error = ServiceError(body)
        expectPresentable(error.code)
        expectPresentable(error.message)
        expectPresentable(error.requestId)
        let says = error.code != nil || error.message != nil
        expect(ServiceError.isError(body) == says, "isError says otherwise")

        var fault = json_error_t()
        let root = json_loadb(
            body.baseAddress?.assumingMemoryBound(to: CChar.self), body.count,
            Int(JSON_ALLOW_NUL | JSON_DECODE_ANY), &fault)
        // jansson overlooks some NUL bytes.
        guard let root, !body.contains(0) else {
            if let root { dpx_json_release(root) }
            expect(!says && error.requestId == nil, "read from what is no JSON")
            return false
        }
        defer { dpx_json_release(root) }
        guard Jansson.nesting(body) <= 32 else {
            expect(!says && error.requestId == nil, "read from a body that is too deep")
            return false
        }
        let hasId = isShown(root, "request_id")
        expect(hasId == (error.requestId != nil), "the request id is not read")
        if isShown(root, "error_code") { expect(error.code != nil, "error_code is not read") }
        if isShown(root, "error_msg") { expect(error.message != nil, "error_msg is not read") }
        let names = ["error_code", "error_msg", "errorCode", "errorMsg", "code", "message"]
        let inner = json_object_get(root, "error")
        let isSaid = names.contains { isShown(root, $0) || isShown(inner, $0) }
        expect(says == isSaid, says ? "read from nothing" : "a spelling is not read")
        return says
    }

    /// A number, or a string with something in it.
    private static func isShown(_ object: UnsafeMutablePointer<json_t>?, _ name: String) -> Bool {
        guard let value = json_object_get(object, name) else { return false }
        switch dpx_json_type(value) {
        case JSON_STRING: return json_string_length(value) > 0
        case JSON_INTEGER: return true
        default: return false
        }
    }
}
