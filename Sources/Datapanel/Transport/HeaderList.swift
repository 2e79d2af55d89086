// SPDX-License-Identifier: Apache-2.0
import CCurl

/// The header lines of a call, as libcurl wants them.
package struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    package init() {}

    deinit { curl_slist_free_all(first) }

    package mutating func add(_ line: StaticString) throws(DatapanelError) {
        try add(UnsafeRawPointer(line.utf8Start).assumingMemoryBound(to: CChar.self))
    }

    package mutating func add(
        _ name: StaticString, _ value: Text, secret: Bool
    ) throws(DatapanelError) {
        var line = Bytes()
        try line.append(name)
        try line.append(": ")
        try line.append(value.bytes)
        try add(Text(line.view, secret: secret).pointer)
        if secret { line.wipe() }
    }

    private mutating func add(_ line: UnsafePointer<CChar>) throws(DatapanelError) {
        guard let longer = curl_slist_append(first, line) else { throw .noMemory("a header") }
        first = longer
    }
}
