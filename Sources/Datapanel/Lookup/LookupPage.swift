// SPDX-License-Identifier: Apache-2.0
import CJansson

/// A page of a list as the service answers it:
/// `{"workspaces":[{"id":"…","name":"…",…},…],"count":121}`.
struct LookupPage: ~Copyable {
    /// Deeper answers are not the service's; jansson recurses, and our stack is the host's.
    private static let depthLimit = 32

    private let root: JSONValue
    private let list: UnsafeMutablePointer<json_t>
    private let isPaged: Bool
    /// On all pages together; the service's own SDK takes it for a fraction. 0 when it is not told.
    private let total: Double

    /// Nil for an answer that is no such page.
    init?(_ exchange: Exchange, _ kind: LookupKind) {
        guard (200...299).contains(exchange.status), exchange.ending == .complete else {
            return nil
        }
        self.init(exchange.reply.view, kind)
    }

    init?(_ reply: UnsafeRawBufferPointer, _ kind: LookupKind) {
        guard let root = try? JSONValue.parse(reply, depthLimit: Self.depthLimit),
            let list = Self.member(root.pointer, kind.list), dpx_json_type(list) == JSON_ARRAY
        else { return nil }
        self.list = list
        isPaged = kind.isPaged
        total = isPaged ? json_number_value(Self.member(root.pointer, kind.total)) : 0
        self.root = root
    }

    var count: Int { json_array_size(list) }

    /// A text of an element; nil where it has none such.
    func text(_ index: Int, _ name: StaticString) -> UnsafeRawBufferPointer? {
        guard let value = Self.member(json_array_get(list, index), name),
            dpx_json_type(value) == JSON_STRING
        else { return nil }
        return UnsafeRawBufferPointer(
            start: json_string_value(value), count: json_string_length(value))
    }

    /// Whether there are more behind this page, which begins at `offset`.
    func isFollowed(offset: Int) -> Bool {
        guard isPaged, count > 0 else { return false }
        return total > 0
            ? total > Double(offset) + Double(count) : count >= LookupURL.pageSize
    }

    /// jansson answers NULL for whatever is no object.
    private static func member(
        _ object: UnsafeMutablePointer<json_t>?, _ name: StaticString
    ) -> UnsafeMutablePointer<json_t>? {
        json_object_get(
            object, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
    }
}
