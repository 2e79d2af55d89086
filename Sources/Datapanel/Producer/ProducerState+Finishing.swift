// SPDX-License-Identifier: Apache-2.0

/// What becomes of a batch after an attempt.
extension ProducerState {
    /// Takes note of an attempt, and does with its batch what `Delivery` decides. `settlement` is
    /// what the batch comes to if this is the end.
    @discardableResult
    mutating func finished(
        _ settlement: Settlement, _ verdict: Verdict, isRenewed: Bool = false,
        _ retryAfter: Int64?, tokenNumber: Int = 0, keyRound: Int? = nil, sentTo url: Text? = nil,
        took: Int64, now: Int64
    ) -> Delivery.Decision {
        let batch = settlement.batch
        let target = targets[batch.target]
        let (verdict, isMoved) = judged(verdict, settlement.outcome, target, sentTo: url)
        // A clock that was wrong says nothing of the token.
        let hasNewToken =
            !isRenewed
            && tokens?.answered(tokenNumber, verdict, hasRenewed: batch.hasRenewed) ?? false
        batch.hasRenewed = hasNewToken
        let keyRound = keyRound ?? credentials.round
        let hasNewKeys = credentials.hasOtherKeys(verdict, round: keyRound)
        let isRenewed = isRenewed || hasNewToken || hasNewKeys || isMoved
        target.inFlight -= 1
        inFlight -= 1
        counters.attempts += 1
        target.breaker.attempted(verdict)
        target.splitBudget.ended(
            isPart: batch.split != nil, isStored: verdict.next == .deliver, now: now)
        concurrency.ended(verdict, took: took, now: now)
        credentials.answered(verdict, round: keyRound, isRenewed: isRenewed, now: now)
        if verdict.next == .deliver { target.budget.earn() }
        switch verdict.next {
        case .deliver, .split, .halve: target.failures = 0
        default: target.failures += 1
        }
        let decision = limits.delivery.decide(
            Delivery.Facts(
                verdict: verdict, isRenewed: isRenewed, count: batch.count,
                ambiguousAttempts: batch.ambiguousAttempts, failures: target.failures,
                retryAfter: retryAfter, left: batch.startedAt + limits.deliveryTimeout - now,
                dice: verdict.next == .deliver ? 0 : Random.number()))
        switch decision {
        case .settle:
            settle(settlement, isRejected: verdict.next == .split, now: now)
        case .expire:
            settleExpired(batch)
        case .retry(let pause):
            counters.retries += 1
            let isFree = verdict.next == .hold || verdict.next == .renew
            let hasBudget = isFree || target.budget.pay(for: verdict)
            target.wait(
                until: now + (hasBudget ? pause : max(pause, limits.delivery.backoff.cap)))
            target.putBack(batch)
        case .split:
            if verdict.next == .halve { target.learn(bodyBytes: batch.objects.count, now: now) }
            halve(settlement, isRejected: verdict.next == .split, now: now)
        case .block(let pause):
            block(target, batch, until: now + pause)
            target.putBack(batch)
        case .settleAndBlock(let pause):
            settle(settlement, isRejected: false, now: now)
            block(target, batch, until: now + pause)
        }
        return decision
    }

    /// A batch that could not even be begun goes back and waits a moment.
    mutating func notBegun(_ batch: Batch, now: Int64) {
        let target = targets[batch.target]
        target.inFlight -= 1
        inFlight -= 1
        target.wait(until: now + Backoff.floor)
        target.putBack(batch)
    }

    private mutating func settle(_ settlement: Settlement, isRejected: Bool, now: Int64) {
        let batch = settlement.batch
        let target = targets[batch.target]
        if settlement.outcome.code == .ok { target.unblock() }
        if let split = batch.split {
            if isRejected { return apply(split.rejected(settlement), split, target, now: now) }
            conclude(settlement)
            let isStored = settlement.outcome.code == .ok
            apply(split.decided(batch.count, stored: isStored), split, target, now: now)
        } else if isRejected && target.isBlocked {
            // While a target rejects everything, one rejection more says nothing of the object.
            // The next probe is another object.
            block(target, batch, until: now + Delivery.probes.base)
            target.putLast(batch)
        } else {
            conclude(settlement)
        }
    }

    private mutating func apply(
        _ conclusion: Split.Conclusion, _ split: Split, _ target: TargetQueue, now: Int64
    ) {
        switch conclusion {
        case .wait:
            return
        case .settle(let settlements):
            for settlement in settlements { conclude(settlement) }
            if split.isOver { target.splits -= 1 }
        case .systemic(let batches):
            counters.systemicRejections += 1
            target.splits -= 1
            target.forget(split)
            for batch in batches {
                batch.split = nil
                block(target, batch, until: now + Delivery.probes.base)
                target.putLast(batch)
            }
        }
    }

    private mutating func halve(_ settlement: Settlement, isRejected: Bool, now: Int64) {
        let batch = settlement.batch
        let target = targets[batch.target]
        let middle = batch.count / 2
        let split = batch.split ?? (isRejected ? Split(total: batch.count) : nil)
        do throws(DatapanelError) {
            let left = try batch.part(0..<middle, of: split)
            let right = try batch.part(middle..<batch.count, of: split)
            if batch.split == nil && split != nil { target.splits += 1 }
            counters.splits += 1
            target.putBack(right)
            target.putBack(left)
        } catch {
            // Without memory for two halves the whole has its outcome.
            settle(settlement, isRejected: false, now: now)
        }
    }

    private func block(_ target: TargetQueue, _ batch: Batch, until time: Int64) {
        target.block(until: time, batch.lastOutcome?.message)
    }

    @inline(never)
    mutating func settleExpired(_ batch: Batch) {
        let limit = Duration.text(limits.deliveryTimeout)
        noteTrouble(of: batch)
        finishUnsent(
            batch, batch.unsent(.expired, "not delivered within delivery.timeout = \(limit)"))
    }

    @inline(never)
    mutating func finishUnsent(_ batch: Batch, _ outcome: Outcome) {
        conclude(Settlement(outcome, batch))
        guard let split = batch.split else { return }
        apply(
            split.decided(batch.count, stored: false), split, targets[batch.target],
            now: Clock.monotonic())
    }

    @inline(never)
    private mutating func conclude(_ settlement: Settlement) {
        if needsLetter(settlement) { unwritten.append(settlement) } else { tell(settlement) }
    }

    /// The end of all objects of a batch: their room is free, their reports wait.
    @inline(never)
    mutating func tell(_ settlement: Settlement) {
        if let spool, let log = targets[settlement.batch.target].log {
            spool.finish(settlement.batch, log, now: Clock.monotonic())
        }
        release(settlement.batch)
        recycle(settlement)
        counters.stored += settlement.count - settlement.failureCount
        counters.failed += settlement.failureCount
        reports.add(settlement)
        boundMemory()
        raiseEvents()
    }

    /// What waits in the queue and what waits to be collected share an allowance.
    mutating func boundMemory() {
        let most = limits.queueBytes + limits.queueBytes / 4 - heldBytes
        while let buffer = reports.dropPayload(above: most) { buffers.giveBack(buffer) }
    }

    /// Of stored objects nobody asks for the bytes.
    private mutating func recycle(_ settlement: Settlement) {
        if settlement.failureCount == 0, let buffer = settlement.batch.takeBuffer() {
            buffers.giveBack(buffer)
        }
    }

    mutating func release(_ batch: Batch) {
        heldObjects -= batch.count
        heldBytes -= batch.objectBytes
        epochs.remove(batch.count, from: batch.epoch)
        if wasFull {
            wasFull = false
            hasRoomAgain = true
        }
    }

    func raiseEvents() {
        events.set(reports.count > 0 || hasRoomAgain)
    }
}
