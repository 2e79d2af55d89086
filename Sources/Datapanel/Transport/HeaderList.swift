// SPDX-License-Identifier: Apache-2.0
import CCurl
import CPosix

/// The header lines of a call, as libcurl wants them.
package final class HeaderList {
    private(set) var first: UnsafeMutablePointer<curl_slist>?
    /// What is in them that nobody may see in a reply either.
    package var secret: Text?

    package init() {}

    /// Some lines are secrets; libcurl frees them as they are.
    deinit {
        var line = first
        while let data = line?.pointee.data {
            explicit_bzero(data, strlen(data))
            line = line?.pointee.next
        }
        curl_slist_free_all(first)
    }

    package func add(_ line: StaticString) throws(DatapanelError) {
        try add(UnsafeRawPointer(line.utf8Start).assumingMemoryBound(to: CChar.self))
    }

    package func add(
        _ name: Text, _ value: Text, secret: Bool
    ) throws(DatapanelError) {
        var line = Bytes()
        // All at once: a buffer that grows leaves copies of a secret behind.
        try line.reserve(name.count + value.count + 3)
        try line.append(text: name)
        try line.append(": ")
        try line.append(value.bytes)
        try line.append(0 as UInt8)
        defer { if secret { line.wipe() } }
        guard let start = line.view.baseAddress else { return }
        try add(start.assumingMemoryBound(to: CChar.self))
    }

    private func add(_ line: UnsafePointer<CChar>) throws(DatapanelError) {
        guard let longer = curl_slist_append(first, line) else { throw .noMemory("a header") }
        first = longer
    }
}
