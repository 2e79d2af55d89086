// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// `ObjectBuilder` and `MemberPath`. A line of the input is a call: a letter for the type, the
/// path, a tab, the value. After each the object is JSON that both readers accept; one that was
/// refused has changed nothing.
enum BuilderTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        guard let builder = try? ObjectBuilder(), var text = try? builder.json() else {
            return false
        }
        defer { free(text.pointer) }
        var isChanged = false
        for line in input.split(separator: UInt8(ascii: "\n")).prefix(64) {
            let isTaken = apply(UnsafeRawBufferPointer(rebasing: line), to: builder)
            guard let next = try? builder.json() else { fatalError("finding: no text") }
            if isTaken {
                isChanged = true
                checkText(view(next))
            } else {
                expect(equal(view(text), view(next)), "refused, but the object has changed")
            }
            free(text.pointer)
            text = next
        }
        return isChanged
    }

    private static func view(_ text: OwnedText) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.pointer, count: text.count)
    }

    private static func checkText(_ text: UnsafeRawBufferPointer) {
        do throws(JSONFault) {
            try JSONScanner.checkObject(text)
        } catch {
            expect(false, "built what is no object: \(error.expected) at \(error.offset)")
        }
        var fault = json_error_t()
        let root = json_loadb(
            text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count,
            Int(JSON_ALLOW_NUL), &fault)
        guard let root else { fatalError("finding: built what jansson refuses") }
        dpx_json_release(root)
    }

    /// Whether the call was taken.
    private static func apply(_ line: UnsafeRawBufferPointer, to builder: ObjectBuilder) -> Bool {
        guard let type = line.first else { return false }
        let tab = line.firstIndex(of: UInt8(ascii: "\t")) ?? line.count
        let path = UnsafeRawBufferPointer(rebasing: line[1..<max(tab, 1)])
        let value = UnsafeRawBufferPointer(rebasing: line[min(tab + 1, line.count)...])
        return withCString(path) { path in
            do throws(DatapanelError) {
                try set(builder, type, path, value)
                return true
            } catch {
                expectClear(error, .argument, .path, .json)
                return false
            }
        }
    }

    private static func set(
        _ builder: ObjectBuilder, _ type: UInt8, _ path: UnsafePointer<CChar>,
        _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        switch type {
        case UInt8(ascii: "i"): try builder.set(path, integer: bits(value))
        case UInt8(ascii: "r"):
            try builder.set(path, real: Double(bitPattern: UInt64(bitPattern: bits(value))))
        case UInt8(ascii: "b"): try builder.set(path, bool: value.count > 0)
        case UInt8(ascii: "n"): try builder.setNull(path)
        case UInt8(ascii: "j"): try builder.set(path, json: value)
        default:
            let result = withCString(value) { text -> Result<Void, DatapanelError> in
                do throws(DatapanelError) {
                    return .success(try builder.set(path, string: text))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
    }

    /// Any 64 bits, from the first bytes of the value.
    private static func bits(_ value: UnsafeRawBufferPointer) -> Int64 {
        value.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}
