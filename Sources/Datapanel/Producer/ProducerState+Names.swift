// SPDX-License-Identifier: Apache-2.0

/// Names in place of ids: those of data classes in targets, of project and workspace in settings.
/// Objects wait until the names on their way have ids; when the service knows an id no longer, its
/// name is looked up again.
extension ProducerState {
    /// The address of a target as a caller writes it.
    mutating func address(
        for target: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> TargetAddress {
        let dataclass = try TargetURL.dataclass(target)
        if case .id(let id) = dataclass, names.project == nil, names.workspace == nil {
            return TargetAddress(id, try TargetURL.make(config, target))
        }
        names.isUsed = true
        return TargetAddress(dataclass)
    }

    // MARK: looking up

    /// The request for a look-up that has to be made now. A name of which nobody sends needs none.
    mutating func neededLookup(now: Int64) -> LookupOrder? {
        guard names.isUsed, let opensAt = lookupsOpenAt(now: now), opensAt <= now else {
            return nil
        }
        for target in targets where target.wantsAddress {
            guard let search = names.missing(for: target.address.search) else {
                lead(target)
                continue
            }
            guard let order = search.next(config, now: now) else { continue }
            order.keyRound = credentials.round
            names.underWay += 1
            rates.payRequest()
            return order
        }
        return nil
    }

    /// When a look-up may begin; nil while only the end of another request tells.
    private mutating func lookupsOpenAt(now: Int64) -> Int64? {
        let isAlone = inFlight + names.underWay == 0
        guard !isStopping, names.hasRoom, credentials.letsMany || isAlone else { return nil }
        return callsOpenAt(now: now)
    }

    /// When there will be something to look up that nobody announces.
    mutating func lookupTime(now: Int64) -> Int64 {
        guard names.isUsed, let opensAt = lookupsOpenAt(now: now) else { return .max }
        var time = Int64.max
        for target in targets where target.wantsAddress {
            guard let dueAt = names.missing(for: target.address.search)?.dueAt else { continue }
            time = min(time, max(dueAt, opensAt))
        }
        return time
    }

    /// Takes note of what came of a request for a look-up.
    mutating func lookedUp(_ order: LookupOrder, now: Int64) {
        names.underWay -= 1
        names.requests += 1
        let search = order.search
        let verdict = order.verdict
        let hasNewToken =
            tokens?.answered(order.tokenNumber, verdict, hasRenewed: search.hasRenewed) ?? false
        let hasNewKeys = credentials.hasOtherKeys(verdict, round: order.keyRound)
        let isRenewed = order.isRenewed || hasNewToken || hasNewKeys
        credentials.answered(verdict, round: order.keyRound, isRenewed: isRenewed, now: now)
        guard let answer = order.answer else { return }
        search.answered(
            order.number, answer, isRenewed: isRenewed, backoff: limits.delivery.backoff,
            dice: Random.number(), now: now)
        guard case .found(let id) = answer, search.id === id else { return }
        if search === names.project { settle(.projectId, id) }
        if search === names.workspace { settle(.workspaceId, id) }
    }

    /// What is in another project or workspace than before has other addresses.
    private mutating func settle(_ key: SettingKey, _ id: Text) {
        if config.id(key)?.equals(id.bytes) == true { return }
        guard let changed = try? config.with(key, id: id) else {
            // Without the memory for it, it is found again later.
            return (key == .projectId ? names.project : names.workspace)?.forget() ?? ()
        }
        config = changed
        if key == .projectId { names.workspace?.forget() }
        for target in targets { target.address.forget() }
    }

    /// All names on the way to a target have ids.
    private func lead(_ target: TargetQueue) {
        guard let id = target.address.id, let url = try? TargetURL.make(config, id.bytes) else {
            return
        }
        target.lead(to: url, config.log)
    }

    // MARK: what is gone

    /// When the service does not know an id that a name had, the name is looked up again, and the
    /// objects stay: the target is blocked, as for any wrong id, until it has another address.
    ///
    /// Gives the verdict on the target, and whether the request went where none would go now.
    mutating func judged(
        _ verdict: Verdict, _ outcome: Outcome, _ target: TargetQueue, sentTo url: Text?
    ) -> (verdict: Verdict, isMoved: Bool) {
        let isNamed =
            target.address.search != nil || names.project != nil || names.workspace != nil
        guard isNamed, let url, Gone.tells(outcome.httpStatus, outcome.serverCode) else {
            return (verdict, false)
        }
        let isMoved = !target.address.isStill(url)
        if !isMoved {
            target.address.forget()
            names.project?.forget()
            names.workspace?.forget()
        }
        return (verdict.blocking, isMoved)
    }
}
