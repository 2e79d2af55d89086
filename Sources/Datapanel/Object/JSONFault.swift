// SPDX-License-Identifier: Apache-2.0

/// Where a text stops being JSON, and what should have stood there.
package struct JSONFault: Error {
    /// In bytes from the start of the text.
    package let offset: Int
    package let expected: StaticString

    package init(offset: Int, expected: StaticString) {
        self.offset = offset
        self.expected = expected
    }

    package func error(_ subject: StaticString, in text: UnsafeRawBufferPointer) -> DatapanelError {
        let found: Text =
            offset < text.count
            ? "found \(Excerpt.byte(text[offset]))" : "the text ends"
        return DatapanelError(
            .json, "\(subject): expected \(expected) at byte \(offset), but \(found)"
        ).with(.offset, "\(offset)")
    }
}
