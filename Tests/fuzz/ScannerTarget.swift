// SPDX-License-Identifier: Apache-2.0
import CJansson

/// `JSONScanner.checkObject` against jansson: the same verdict on every text, and an offset that
/// is the first at which the text cannot go on as it does.
enum ScannerTarget {
    static func check(_ text: UnsafeRawBufferPointer) -> Bool {
        let fault = fault(text)
        let jansson = Jansson(text)
        if let fault {
            checkRefusal(fault, text, isObject: jansson.isObject)
        } else {
            expect(jansson.isObject, "accepted; jansson refuses it")
            checkPrefixes(text)
        }
        return fault == nil
    }

    private static func checkRefusal(
        _ fault: JSONFault, _ text: UnsafeRawBufferPointer, isObject: Bool
    ) {
        var shown: String { "'\(fault.expected)' at \(fault.offset)" }
        expect((0...text.count).contains(fault.offset), "\(shown), in \(text.count) bytes")
        let isTooDeep = fault.isAbout("less nesting")
        if isTooDeep {
            let offset = Jansson.offsetBeyond(JSONScanner.depthLimit, text)
            expect(offset == fault.offset, "\(shown); the level begins at \(offset ?? -1)")
        }
        expect(isTooDeep || !isObject, "refused, \(shown); jansson accepts it")

        // What stands before the fault is fine: cut off there, the text merely ends too early.
        let before = Self.fault(UnsafeRawBufferPointer(rebasing: text[..<fault.offset]))
        let isWhole = fault.isAbout("the end of the text")
        expect(
            isWhole ? before == nil : before?.offset == fault.offset,
            "\(shown); the text before it: \(before.map { "fault at \($0.offset)" } ?? "accepted")")
        // Texts cost more than all the rest; a part of the inputs is enough for them.
        guard text.count % 16 == 0 else { return }
        let explained = fault.error("not a JSON object", in: text)
        expectClear(explained, .json)
        expect(
            explained[.offset]?.description == "\(fault.offset)", "the error tells another offset")
    }

    private static func checkPrefixes(_ text: UnsafeRawBufferPointer) {
        expect(fault(text) == nil, "accepted, then refused")
        guard let last = text.lastIndex(of: UInt8(ascii: "}")) else {
            return expect(false, "accepted without a closing brace")
        }
        // The brace itself, and one place more that depends on the text.
        for length in [last, Int(text[last / 2]) * last / 256] {
            let prefix = UnsafeRawBufferPointer(rebasing: text[..<length])
            expect(fault(prefix) != nil, "accepted, and its first \(length) bytes as well")
        }
    }

    private static func fault(_ text: UnsafeRawBufferPointer) -> JSONFault? {
        do throws(JSONFault) {
            try JSONScanner.checkObject(text)
            return nil
        } catch {
            return error
        }
    }
}

extension JSONFault {
    fileprivate func isAbout(_ expectation: StaticString) -> Bool {
        let text = UnsafeRawBufferPointer(
            start: expected.utf8Start, count: expected.utf8CodeUnitCount)
        return ASCII.equal(text, expectation)
    }
}
