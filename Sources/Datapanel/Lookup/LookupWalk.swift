// SPDX-License-Identifier: Apache-2.0

/// The way of a look-up through the pages of a list, until it is clear which id a name has. Pages
/// go in; which page comes next, or the id, comes out. Others fetch them.
final class LookupWalk {
    /// A service whose pages never end must not hold anybody.
    static let pageLimit = 100

    let kind: LookupKind
    let name: Text
    private var matches: LookupMatches
    /// Which of the kind's fields is searched; after the last, what there is at all.
    private var field = 0
    private var offset = 0
    private var pages = 0

    init(_ kind: LookupKind, _ name: Text) {
        self.kind = kind
        self.name = name
        matches = LookupMatches(name)
    }

    /// Where the next page is.
    func url(_ config: Config) throws(DatapanelError) -> Text {
        let searched = isSuggesting ? nil : kind.fields[field]
        return try LookupURL.make(config, kind, searched, name.bytes, offset: offset)
    }

    /// Whether nothing was found: the next page is only there to tell what is near to the name.
    var isSuggesting: Bool { field >= kind.fields.count }

    /// Takes the page that was next; nil when another one is needed. All pages of a field are: the
    /// name is only then known to be that of one.
    func take(
        _ page: borrowing LookupPage, _ config: Config
    ) throws(DatapanelError) -> Text? {
        if isSuggesting {
            try matches.take(page, .name)
            throw nothing(config)
        }
        let searched = kind.fields[field]
        try matches.take(page, searched)
        if page.isFollowed(offset: offset) {
            pages += 1
            if pages >= Self.pageLimit { throw LookupMatches.tooMany(kind, name) }
            offset += page.count
            return nil
        }
        if let id = try matches.onlyId(kind, searched, name) { return id }
        field += 1
        offset = 0
        pages = 0
        if isSuggesting && !matches.near.isEmpty { throw nothing(config) }
        return nil
    }

    /// That no id has the name.
    func nothing(_ config: Config) -> DatapanelError { matches.nothing(kind, name, config) }
}
