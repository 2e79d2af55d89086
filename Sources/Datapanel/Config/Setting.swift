// SPDX-License-Identifier: Apache-2.0

/// One setting as users know it: its key, what it takes, and what it means.
package struct Setting: Sendable {
    package let key: StaticString
    package let kind: Kind
    /// The default as text, in the setting's own syntax; "" where there is none.
    package let fallback: StaticString
    /// Can be changed on a client in use.
    package let isRuntime: Bool
    package let doc: StaticString

    package init(
        _ key: StaticString, _ kind: Kind, _ fallback: StaticString = "",
        runtime: Bool = false, doc: StaticString
    ) {
        self.key = key
        self.kind = kind
        self.fallback = fallback
        isRuntime = runtime
        self.doc = doc
    }

    package enum Kind: Sendable {
        /// Any text without control characters.
        case text
        /// As text; never shown, logged or put into an error.
        case secret
        /// `scheme://host[:port]`, the scheme http or https.
        case endpoint
        /// An id, which is one segment of a URL's path; or "name:" and a name.
        case reference
        /// One of some words, or several with commas between. `Words` takes the list apart.
        case choice(StaticString)
        case choices(StaticString)
        /// "true" or "false".
        case flag
        /// In milliseconds; written with a unit.
        case duration(ClosedRange<Int64>)
        /// A plain number.
        case count(ClosedRange<Int64>)
        /// In bytes; written as such or with a unit.
        case size(ClosedRange<Int64>)
    }

    package var isSecret: Bool {
        if case .secret = kind { return true }
        return false
    }

    /// The kind in one word, for documents and bindings.
    package var typeName: StaticString {
        switch kind {
        case .text, .reference: "text"
        case .secret: "secret"
        case .endpoint: "url"
        case .choice: "choice"
        case .choices: "choices"
        case .flag: "flag"
        case .duration: "duration"
        case .count: "count"
        case .size: "size"
        }
    }

    /// What values it takes, as a person would write them; "" where anything goes.
    package var range: Text {
        switch kind {
        case .text, .secret: ""
        case .endpoint: "scheme://host[:port]"
        case .reference: "an id, or name: and a name"
        case .flag: "true, false"
        case .choice(let words): "\(words)"
        case .choices(let words): "\(words), with commas between"
        case .duration(let bounds):
            "\(Duration.text(bounds.lowerBound)) to \(Duration.text(bounds.upperBound))"
        case .count(let bounds): "\(bounds.lowerBound) to \(bounds.upperBound)"
        case .size(let bounds): "\(Size.text(bounds.lowerBound)) to \(Size.text(bounds.upperBound))"
        }
    }
}

/// The words that a setting chooses from, written as "one, another".
package struct Words: Sequence, IteratorProtocol {
    private var parts: Parts

    package init(_ list: UnsafeRawBufferPointer) {
        parts = Parts(list, separator: UInt8(ascii: ","))
    }

    package init(_ list: StaticString) {
        self.init(UnsafeRawBufferPointer(start: list.utf8Start, count: list.utf8CodeUnitCount))
    }

    @inline(never)
    package mutating func next() -> UnsafeRawBufferPointer? {
        parts.next().map(ASCII.trimmed)
    }

    /// The position of a word in a list; nil for one that is not in it.
    @inline(never)
    static func position(of word: UnsafeRawBufferPointer, in list: StaticString) -> Int64? {
        var position: Int64 = 0
        for other in Words(list) {
            if word.elementsEqual(other) { return position }
            position += 1
        }
        return nil
    }
}
