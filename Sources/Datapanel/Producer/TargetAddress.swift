// SPDX-License-Identifier: Apache-2.0

/// Where the requests of a target go. It has to be found first where the target, the workspace or
/// the project is given by name.
struct TargetAddress {
    /// Where the data class is given by name.
    let search: NameSearch?
    private let givenId: Text?
    /// Of no use before it is known.
    private(set) var url: Text
    private(set) var isKnown: Bool

    /// One that never changes.
    init(_ id: Text, _ url: Text) {
        search = nil
        givenId = id
        self.url = url
        isKnown = true
    }

    /// One that has to be found, if only in part.
    init(_ dataclass: Reference) {
        switch dataclass {
        case .id(let id):
            search = nil
            givenId = id
        case .name(let name):
            search = NameSearch(.dataclass, name)
            givenId = nil
        }
        url = ""
        isKnown = false
    }

    /// The data class; nil while its name has no id.
    var id: Text? { givenId ?? search?.id }

    /// Whether a request that went to `url` would go there again now.
    func isStill(_ url: Text) -> Bool { isKnown && url === self.url }

    mutating func forget() {
        isKnown = false
        search?.forget()
    }

    /// Tells whether that is another address than it had.
    mutating func find(_ url: Text) -> Bool {
        isKnown = true
        if url.equals(self.url.bytes) { return false }
        self.url = url
        return true
    }
}
