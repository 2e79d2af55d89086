// SPDX-License-Identifier: Apache-2.0

extension LookupMatches {
    /// The one id that the name has; nil when it has none.
    func onlyId(
        _ kind: LookupKind, _ field: LookupField, _ name: Text
    ) throws(DatapanelError) -> Text? {
        guard let first = exact.first else { return nil }
        if exact.count == 1 { return first.id }
        var text = TextBuilder()
        text.append("\(field.noun) \"\(Excerpt.of(name.bytes, limit: 80))\" is that of ")
        text.append("more than one \(kind.noun): ")
        for (index, match) in exact.enumerated() {
            if index > 0 { text.append(", ") }
            text.append(match.id)
            if let code = match.code { text.append(" (\(code))") }
        }
        text.append("; use the id of the one that is meant")
        throw Self.error(text)
    }

    func nothing(_ kind: LookupKind, _ name: Text, _ config: Config) -> DatapanelError {
        var text = TextBuilder()
        text.append("no \(kind.noun) has the name \"\(Excerpt.of(name.bytes, limit: 80))\" ")
        switch kind {
        case .project: text.append("at \(config.iamEndpoint ?? "")")
        case .workspace: text.append("in project \(kind.within(config))")
        case .dataclass: text.append("(or business code) in workspace \(kind.within(config))")
        }
        text.append(near.isEmpty ? "; there is none at all" : "; the nearest: ")
        for (index, match) in near.enumerated() {
            text.append(index > 0 ? ", \"\(match.name)\"" : "\"\(match.name)\"")
        }
        return Self.error(text)
    }

    static func tooMany(_ kind: LookupKind, _ name: Text) -> DatapanelError {
        var text = TextBuilder()
        text.append("\"\(Excerpt.of(name.bytes, limit: 80))\" is part of the names of more than ")
        text.append("\(LookupWalk.pageLimit) pages of \(kind.list); use the id")
        return error(text)
    }

    private static func error(_ text: TextBuilder) -> DatapanelError {
        DatapanelError(.name, text.finish()).with(.stored, "\(Stored.no.name)")
    }
}
