// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// The one id that a name has.
    package func lookup(
        _ kind: LookupKind, _ name: UnsafeRawBufferPointer, timeout: Int64
    ) throws(DatapanelError) -> OwnedText {
        let passes = try begin(timeout)
        let lookup = try Lookup(passes, kind, name)
        let id = try withTransfer(passes.config) { transfer throws(DatapanelError) in
            try lookup.run(transfer)
        }
        return try id.owned()
    }

    /// Submits to a data class that is named. The id of a name that was looked up before may be
    /// gone; then it is looked up once more, and if it is another one the objects go there.
    func submit(
        named name: UnsafeRawBufferPointer, _ passes: Passes, _ transfer: Transfer,
        _ call: (Text) throws(DatapanelError) -> Submission
    ) throws(DatapanelError) -> Submission {
        let lookup = try Lookup(passes, .dataclass, name)
        guard let old = names.with({ $0.id(of: name) }) else {
            return try call(learn(name, lookup, transfer))
        }
        let submission = try call(old)
        guard let error = submission.error, error.tellsOfNoDataclass else { return submission }
        names.with { $0.forget(name) }
        do throws(DatapanelError) {
            let id = try learn(name, lookup, transfer)
            if id.equals(old.bytes) { return submission }
            passes.config.log.write(.information, .retry) {
                "\(Excerpt.of(name, limit: 80)) is no longer \(old) but \(id)"
            }
            return try call(id)
        } catch {
            return Submission(reports: submission.reports, error: error)
        }
    }

    private func learn(
        _ name: UnsafeRawBufferPointer, _ lookup: Lookup, _ transfer: Transfer
    ) throws(DatapanelError) -> Text {
        let id = try lookup.run(transfer)
        try names.with { names throws(DatapanelError) in try names.learn(name, id) }
        return id
    }
}
