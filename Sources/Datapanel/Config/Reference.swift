// SPDX-License-Identifier: Apache-2.0

/// What a setting or a target gives: an id, or after "name:" a name whose id has to be looked up.
package enum Reference {
    case id(Text)
    case name(Text)

    package static let prefix: StaticString = "name:"

    /// Unchecked; see `flaw`.
    package init(_ text: UnsafeRawBufferPointer) throws(DatapanelError) {
        if let name = Self.name(in: text) {
            self = .name(try Text(name))
        } else {
            self = .id(try Text(text))
        }
    }

    /// What is wrong with the text; nil when nothing is. A name can have any character that can be
    /// read.
    package static func flaw(_ text: UnsafeRawBufferPointer) -> Text? {
        guard let name = name(in: text) else { return PathPart.flaw(text) }
        return PathPart.textFlaw(name).map { "\($0) after \"\(prefix)\"" }
    }

    /// The name in a text that gives one; nil when it is an id.
    package static func name(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard ASCII.hasPrefixIgnoringCase(text, prefix) else { return nil }
        return UnsafeRawBufferPointer(rebasing: text[prefix.utf8CodeUnitCount...])
    }
}
