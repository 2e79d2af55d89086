// SPDX-License-Identifier: Apache-2.0

/// A queue that also takes back at its front.
struct Fifo<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == storage.count }

    var count: Int { storage.count - head }

    var first: Element? { head < storage.count ? storage[head] : nil }

    func forEach(_ body: (Element) -> Void) {
        for index in head..<storage.count {
            if let element = storage[index] { body(element) }
        }
    }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func prepend(_ element: Element) {
        insert(element) { _ in true }
    }

    /// Puts an element before the first that `follows` it, which is near the front.
    mutating func insert(_ element: Element, before follows: (Element) -> Bool) {
        var position = head
        while position < storage.count, let other = storage[position], !follows(other) {
            position += 1
        }
        guard head > 0 else { return storage.insert(element, at: position) }
        for index in head..<position { storage[index - 1] = storage[index] }
        head -= 1
        storage[position - 1] = element
    }

    /// Takes out the first that fits, wherever it stands.
    mutating func popFirst(where fits: (Element) -> Bool) -> Element? {
        for index in head..<storage.count {
            guard let element = storage[index], fits(element) else { continue }
            if index == head { return popFirst() }
            storage.remove(at: index)
            return element
        }
        return nil
    }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let element = storage[head]
        storage[head] = nil
        head += 1
        if head == storage.count || head >= 64 && head > storage.count / 2 {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }
}
