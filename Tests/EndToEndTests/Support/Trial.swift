// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import Datapanel
import DatapanelABI
import DatapanelEmulator
import Testing

/// One batch that meets a situation. Each method is a way of the table, and claims that it is gone.
struct Trial {
    let situation: Situation
    let size: Int

    private var verdict: Verdict { situation.verdict }

    /// So large that most of it has not left the producer when the connection ends.
    private var sent: [String] {
        guard situation == .sendBroken else { return objects(size) }
        let filler = String(repeating: "x", count: 9_500_000 / size)
        return (0..<size).map { "{\"n\":\($0),\"a\":\"\(filler)\"}" }
    }

    /// `timeout` is that of an attempt, for a situation that is one.
    private func stream(
        _ trouble: Trouble, _ settings: [String: String] = [:], timeout: String = "1s"
    ) throws -> Stream {
        var all = trouble.settings.merging(settings) { $1 }
        all["linger"] = "1m"
        if situation == .sendBroken {
            all.merge(["batch.bytes": "12000000", "inflight": "1"]) { $1 }
        }
        if situation == .replyTimeout { all["request.timeout"] = timeout }
        return try Stream(trouble.endpoint, all)
    }

    /// Hands all objects over, and lets them go as one batch.
    private func send(_ stream: Stream) {
        for object in sent { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
    }

    /// How often the service has each object.
    private func copies(_ trouble: Trouble) -> [String: Int] {
        let stored = trouble.emulator.objects(dataclass: DataClass.alert.id)
        return Dictionary(
            stored.map { (String(decoding: $0, as: UTF8.self), 1) }, uniquingKeysWith: +)
    }

    /// The service has each of `objects` so often, and nothing else.
    private func expectCopies(_ trouble: Trouble, _ objects: [String], _ count: Int) {
        let expected =
            count == 0 ? [:] : Dictionary(objects.map { ($0, count) }) { first, _ in first }
        #expect(copies(trouble) == expected)
    }

    private func expectStored(_ reports: [Stream.Report], marked: Bool) {
        #expect(Set(reports.map(\.ticket)) == Set((1...size).map(UInt64.init)))
        #expect(reports.count == size)
        #expect(
            reports.allSatisfy {
                $0.code == DP_OK && $0.stored == DP_STORED_YES && $0.id != nil && $0.payload == nil
                    && $0.isPossibleDuplicate == marked
            })
    }

    /// All of these reports say what the row of the table says.
    private func expectRow(_ reports: [Stream.Report], _ objects: [String]) {
        #expect(reports.count == objects.count)
        #expect(reports.allSatisfy { $0.code == Int(verdict.code.number) })
        #expect(reports.allSatisfy { $0.stored == verdict.stored.number })
        #expect(Set(reports.compactMap(\.payload)) == Set(objects))
        #expect(reports.allSatisfy { $0.id == nil && !$0.isPossibleDuplicate })
        #expect(reports.allSatisfy { $0.message.contains("\(verdict.sign)") })
    }

    /// Nothing has an outcome, everything is still there, and the service has none of it.
    private func expectKept(_ stream: Stream, _ trouble: Trouble) {
        #expect(stream.poll(0).isEmpty)
        #expect(stream.queued == size)
        #expect(trouble.emulator.stats.objects == 0)
    }

    // MARK: what the table says

    func delivered(_ trouble: Trouble) throws {
        let stream = try stream(trouble)
        send(stream)
        expectStored(stream.reports(size), marked: false)
        expectCopies(trouble, sent, 1)
        #expect(trouble.emulator.stats.requests == 1)
    }

    func triedAgain(_ trouble: Trouble) throws {
        let stream = try stream(trouble)
        let begin = ContinuousClock.now
        send(stream)
        #expect(stream.waits(for: "retries_total", atLeast: verdict.next == .hold ? 1 : 3))
        expectKept(stream, trouble)
        try trouble.mend()
        let reports = stream.reports(size)
        expectStored(reports, marked: false)
        expectCopies(trouble, sent, 1)
        let attempts = reports.map(\.attempts).max() ?? 0
        #expect(attempts == stream.count("attempts_total"))
        if verdict.next == .hold {
            #expect(ContinuousClock.now - begin >= .seconds(attempts - 1))
        }
    }

    func keptUntilMended(_ trouble: Trouble, sign: String = "attempts_total") throws {
        let stream = try stream(trouble)
        send(stream)
        #expect(stream.waits(for: sign, atLeast: 1))
        expectKept(stream, trouble)
        #expect(stream.stats("json")?.contains("\"blocked_by\":\"POST") == true)
        try trouble.mend()
        expectStored(stream.reports(size, urged: true), marked: false)
        expectCopies(trouble, sent, 1)
    }

    /// The one at fault is found; the answers come as they would if the service looked for it.
    func splitToTheOneAtFault(_ effect: Fault.Effect) throws {
        let trouble = try Trouble.answers(.none)
        trouble.emulator.clearFaults()
        let bad = size / 2
        var requests = 0
        func ask(_ range: Range<Int>) {
            requests += 1
            trouble.emulator.add(Fault(range.contains(bad) ? effect : .none))
            guard range.contains(bad), range.count > 1 else { return }
            let middle = range.lowerBound + range.count / 2
            ask(range.lowerBound..<middle)
            ask(middle..<range.upperBound)
        }
        ask(0..<size)
        let stream = try stream(trouble)
        send(stream)
        let reports = stream.reports(size)
        let rejected = reports.filter { $0.code != DP_OK }
        expectRow(rejected, [sent[bad]])
        #expect(rejected.first?.serverCode != nil)
        #expect(reports.count == size)
        #expect(reports.allSatisfy { !$0.isPossibleDuplicate })
        expectCopies(trouble, sent.filter { $0 != sent[bad] }, 1)
        #expect(trouble.emulator.stats.requests == requests)
    }

    func halvedUntilItFits(_ effect: Fault.Effect) throws {
        let trouble = try Trouble.answers(effect, times: 1)
        let stream = try stream(trouble)
        send(stream)
        if size == 1 { return expectRow(stream.reports(1), sent) }
        expectStored(stream.reports(size), marked: false)
        expectCopies(trouble, sent, 1)
        #expect(trouble.emulator.stats.requests == 3)
    }

    func reportedWhenNothingFits(_ effect: Fault.Effect) throws {
        let trouble = try Trouble.answers(effect)
        let stream = try stream(trouble)
        send(stream)
        expectRow(stream.reports(size), sent)
        expectCopies(trouble, sent, 0)
        #expect(trouble.emulator.stats.requests == 2 * size - 1)
    }

    func repeatedAndMarked(_ effect: Fault.Effect) throws {
        let trouble = try Trouble.answers(effect, times: 1)
        let stream = try stream(trouble)
        send(stream)
        expectStored(stream.reports(size), marked: true)
        expectCopies(trouble, sent, trouble.stores ? 2 : 1)
        #expect(trouble.emulator.stats.requests == 2)
    }

    /// Final after so many attempts; one, when the policy is to fail.
    func reportedInDoubt(_ effect: Fault.Effect, _ settings: [String: String], attempts: Int) throws
    {
        let trouble = try Trouble.answers(effect)
        let stream = try stream(trouble, settings, timeout: "100ms")
        send(stream)
        let reports = stream.reports(size)
        expectRow(reports, sent)
        #expect(reports.allSatisfy { $0.attempts == attempts })
        expectCopies(trouble, sent, trouble.stores ? attempts : 0)
        #expect(trouble.emulator.stats.requests == attempts)
    }

    func neverSentAgain(_ effect: Fault.Effect) throws {
        let trouble = try Trouble.answers(effect, times: 1)
        let stream = try stream(trouble)
        send(stream)
        let reports = stream.reports(size)
        // What has its id in spite of it all is stored.
        let withIds = reports.filter { $0.id != nil }
        #expect(withIds.count == (situation == .itemWithoutId ? size - 1 : 0))
        #expect(withIds.allSatisfy { $0.code == DP_OK && $0.stored == DP_STORED_YES })
        expectRow(reports.filter { $0.id == nil }, Array(sent.prefix(size - withIds.count)))
        expectCopies(trouble, sent, trouble.stores ? 1 : 0)

        let later = ["{\"later\":1}", "{\"later\":2}", "{\"later\":3}"]
        for object in later { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
        #expect(stream.reports(3, urged: true).allSatisfy { $0.code == DP_OK })
        let bodies = trouble.emulator.requests.map { String(decoding: $0.body, as: UTF8.self) }
        // A target that is blocked is tried with one object, the others follow.
        #expect(bodies.count == (verdict.next == .unconfirmedAndBlock ? 3 : 2))
        #expect(bodies.dropFirst().allSatisfy { !$0.contains("title") })
        let second = verdict.next == .unconfirmedAndBlock ? later[0] : later.joined(separator: ",")
        #expect(bodies[1].contains("[\(second)]"))
        for object in later { #expect(copies(trouble)[object] == 1) }
    }

    func expired(endpoint: String, cause: Situation) throws {
        let stream = try Stream(
            endpoint,
            [
                "delivery.timeout": "1s", "linger": "1s", "request.timeout": "1s",
                "connect.timeout": "1s",
            ])
        send(stream)
        #expect(stream.waits(for: "retries_total", atLeast: 1))
        let reports = stream.reports(size)
        #expect(reports.count == size)
        let expiry = Situation.expired.verdict
        #expect(reports.allSatisfy { $0.code == Int(expiry.code.number) })
        #expect(reports.allSatisfy { $0.stored == expiry.stored.number && !$0.isPossibleDuplicate })
        #expect(reports.allSatisfy { $0.message.contains("\(cause.verdict.sign)") })
        #expect(Set(reports.compactMap(\.payload)) == Set(sent))
    }

    func purged() throws {
        let trouble = try Trouble.answers(.reply(status: 401))
        let stream = try stream(trouble)
        send(stream)
        #expect(stream.waits(for: "attempts_total", atLeast: 1))
        #expect(stream.purge() == (DP_OK, size))
        expectGivenUp(stream.reports(size), trouble)
        #expect(stream.queued == 0)
    }

    func closed() throws {
        let trouble = try Trouble.answers(.reply(status: 401))
        let stream = try stream(trouble)
        send(stream)
        #expect(stream.waits(for: "attempts_total", atLeast: 1))
        let (code, left) = stream.close(0)
        #expect(code == DP_E_CANCELLED)
        expectGivenUp(left, trouble)
    }

    private func expectGivenUp(_ reports: [Stream.Report], _ trouble: Trouble) {
        #expect(reports.count == size)
        #expect(reports.allSatisfy { $0.code == Int(verdict.code.number) })
        #expect(reports.allSatisfy { $0.stored == verdict.stored.number })
        #expect(Set(reports.compactMap(\.payload)) == Set(sent))
        #expect(trouble.emulator.stats.objects == 0)
    }
}

extension Stored {
    fileprivate var number: Int {
        switch self {
        case .no: DP_STORED_NO
        case .maybe: DP_STORED_MAYBE
        case .yes: DP_STORED_YES
        }
    }
}
