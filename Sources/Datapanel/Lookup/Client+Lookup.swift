// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// The one id that a name has; the service is asked each time. `settings` receives those that
    /// it was looked up with: the ids of what is around it.
    package func lookup(
        _ kind: LookupKind, _ name: UnsafeRawBufferPointer, timeout: Int64,
        _ settings: (Config) -> Void = { _ in }
    ) throws(DatapanelError) -> OwnedText {
        let passes = try begin(timeout)
        if let flaw = PathPart.textFlaw(name) {
            throw DatapanelError(
                .argument, "the name \"\(Excerpt.of(name, limit: 80))\" \(flaw)"
            ).with(.key, "name")
        }
        let walk = LookupWalk(kind, try Text(name))
        let id = try withTransfer(passes.config) { transfer throws(DatapanelError) in
            let place = Place(passes)
            if kind != .project { try find(.projectId, .project, place, transfer) }
            if kind == .dataclass { try find(.workspaceId, .workspace, place, transfer) }
            settings(place.passes.config)
            return try Lookup(place.passes).run(walk, transfer)
        }
        return try id.owned()
    }

    /// Where the objects of a target go: settings in which project and workspace are ids, and the
    /// id of the data class. Only names are asked for.
    package func place(
        of target: UnsafeRawBufferPointer, timeout: Int64
    ) throws(DatapanelError) -> (config: Config, id: Text) {
        let passes = try begin(timeout)
        let dataclass = try TargetURL.dataclass(target)
        return try withTransfer(passes.config) { transfer throws(DatapanelError) in
            let place = Place(passes)
            let id = try find(dataclass, place, transfer)
            return (place.passes.config, id)
        }
    }

    /// Submits to a place of which something may be named. What was looked up before may be gone;
    /// then it is looked up once more, and if it is elsewhere the objects go there.
    func submit(
        _ dataclass: Reference, _ passes: Passes, _ transfer: Transfer,
        _ call: (Passes, _ dataclass: Text) throws(DatapanelError) -> Submission
    ) throws(DatapanelError) -> Submission {
        var refused: (place: Place, submission: Submission)?
        while true {
            do throws(DatapanelError) {
                let place = Place(passes)
                let id = try find(dataclass, place, transfer)
                if let refused, place.isSame(as: refused.place) { return refused.submission }
                let submission = try call(place.passes, id)
                guard refused == nil, place.wasKnown, submission.error?.tellsOfNoPlace == true
                else { return submission }
                refused = (place, submission)
                names.forget(place)
            } catch {
                guard let refused else { throw error }
                return Submission(reports: refused.submission.reports, error: error)
            }
        }
    }

    /// The id of a data class, and the ids around it.
    private func find(
        _ dataclass: Reference, _ place: Place, _ transfer: Transfer
    ) throws(DatapanelError) -> Text {
        try find(.projectId, .project, place, transfer)
        try find(.workspaceId, .workspace, place, transfer)
        switch dataclass {
        case .id(let id): return id
        case .name(let name): return try names.find(.dataclass, name, for: place, transfer)
        }
    }

    private func find(
        _ key: SettingKey, _ kind: LookupKind, _ place: Place, _ transfer: Transfer
    ) throws(DatapanelError) {
        guard case .name(let name)? = try place.passes.config.reference(key) else { return }
        try place.set(key, id: names.find(kind, name, for: place, transfer))
    }
}

extension DatapanelError {
    var tellsOfNoPlace: Bool {
        let status = self[.httpStatus].flatMap { ASCII.number($0.bytes) } ?? 0
        return Gone.tells(Int32(truncatingIfNeeded: status), self[.serverCode])
    }
}
