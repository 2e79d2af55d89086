// SPDX-License-Identifier: Apache-2.0
import CPosix

/// An immutable C string of any length, shared by reference. A secret one is wiped when its last
/// owner lets go.
package final class Text: @unchecked Sendable {
    package let pointer: UnsafePointer<CChar>
    package let count: Int
    private let isSecret: Bool

    package init(_ bytes: UnsafeRawBufferPointer, secret: Bool = false) throws(DatapanelError) {
        let (size, overflow) = bytes.count.addingReportingOverflow(1)
        guard !overflow, let memory = malloc(size) else { throw .noMemory("a text") }
        if let source = bytes.baseAddress { memcpy(memory, source, bytes.count) }
        memory.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        pointer = UnsafePointer(memory.assumingMemoryBound(to: CChar.self))
        count = bytes.count
        isSecret = secret
    }

    package static func of(_ text: String) throws(DatapanelError) -> Text {
        var text = text
        let made: Result<Text, DatapanelError> = text.withUTF8 { bytes in
            do throws(DatapanelError) {
                return .success(try Text(UnsafeRawBufferPointer(bytes)))
            } catch {
                return .failure(error)
            }
        }
        return try made.get()
    }

    /// For what an outcome can do without when memory is short.
    package static func ifPossible(_ text: String?) -> Text? {
        guard let text else { return nil }
        return try? Text.of(text)
    }

    deinit {
        let memory = UnsafeMutableRawPointer(mutating: pointer)
        if isSecret { explicit_bzero(memory, count) }
        free(memory)
    }

    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let start = other.baseAddress else { return false }
        return memcmp(pointer, start, count) == 0
    }

    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer, count: count)
    }
}
