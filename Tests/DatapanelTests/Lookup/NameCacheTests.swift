// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct KnownNameTests {
    private func name() -> KnownName { KnownName(.dataclass, within: "w", "Alert") }

    private func looks(_ name: KnownName, awaited: Int? = nil) -> Bool {
        guard case .look = name.next(awaited: awaited) else { return false }
        return true
    }

    private func waits(_ name: KnownName) -> Int? {
        guard case .wait(let number) = name.next(awaited: nil) else { return nil }
        return number
    }

    private func id(_ name: KnownName) -> String? {
        guard case .use(let id) = name.next(awaited: nil) else { return nil }
        return id.description
    }

    @Test func oneLooksItUpAndTheOthersWait() {
        let name = name()
        #expect(looks(name))
        for _ in 0..<3 { #expect(waits(name) == 1) }
        name.ended("1", nil)
        #expect(id(name) == "1")
    }

    @Test func whoWaitedSharesAnAnswerThatIsFinal() {
        let name = name()
        #expect(looks(name))
        let number = waits(name)
        name.ended(nil, DatapanelError(.name, "no such name"))
        guard case .refuse(let error) = name.next(awaited: number) else {
            Issue.record("the answer is not shared")
            return
        }
        #expect(error.code == .name)
        // Who comes later asks again: somebody may have mended it.
        #expect(looks(name))
    }

    @Test(arguments: [Code.connect, .timeout, .throttled, .server])
    func whoWaitedTriesWhatMayPass(_ code: Code) {
        let name = name()
        #expect(looks(name))
        let number = waits(name)
        name.ended(nil, DatapanelError(code, "no time"))
        #expect(looks(name, awaited: number))
    }

    @Test func onlyTheIdThatIsGoneIsForgotten() {
        let name = name()
        #expect(looks(name))
        name.ended("1", nil)
        name.forget("2")
        #expect(id(name) == "1")
        name.forget("1")
        #expect(looks(name))
        name.ended("2", nil)
        #expect(id(name) == "2")
    }
}

struct NameCacheTests {
    @Test func aNameIsKnownByItsPlace() {
        var names = NameCache()
        let alert = names.name(.dataclass, within: "w", "Alert")
        let same = names.name(.dataclass, within: "w", "Alert")
        #expect(same === alert)
        let elsewhere = names.name(.dataclass, within: "v", "Alert")
        #expect(elsewhere !== alert)
        let workspace = names.name(.workspace, within: "w", "Alert")
        #expect(workspace !== alert)
    }

    @Test func theOldestNamesMakeRoomButNoneThatIsLookedUp() {
        var names = NameCache()
        let busy = names.name(.dataclass, within: "w", "busy")
        _ = busy.next(awaited: nil)
        let first = names.name(.dataclass, within: "w", "n0")
        for number in 1..<100 { _ = names.name(.dataclass, within: "w", "n\(number)") }
        let busyAgain = names.name(.dataclass, within: "w", "busy")
        #expect(busyAgain === busy)
        let firstAgain = names.name(.dataclass, within: "w", "n0")
        #expect(firstAgain !== first)
    }
}
