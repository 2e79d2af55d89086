// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct FifoTests {
    private func all(_ fifo: Fifo<Int>) -> [Int] {
        var rest = fifo
        return (0..<fifo.count).compactMap { _ in rest.popFirst() }
    }

    /// Against an array, with every way in and out in any order.
    @Test func behavesAsAnArrayDoes() {
        var dice = SeededDice(7)
        for _ in 0..<200 {
            var fifo = Fifo<Int>()
            var array: [Int] = []
            for number in 0..<300 {
                switch Int.random(in: 0..<7, using: &dice) {
                case 0, 1:
                    fifo.append(number)
                    array.append(number)
                case 2:
                    fifo.prepend(number)
                    array.insert(number, at: 0)
                case 3:
                    let bound = Int.random(in: 0..<300, using: &dice)
                    fifo.insert(number) { $0 >= bound }
                    array.insert(number, at: array.firstIndex { $0 >= bound } ?? array.count)
                case 4:
                    let bound = Int.random(in: 0..<300, using: &dice)
                    let found = fifo.popFirst { $0 >= bound }
                    let index = array.firstIndex { $0 >= bound }
                    #expect(found == index.map { array.remove(at: $0) })
                default:
                    let first = fifo.popFirst()
                    #expect(first == (array.isEmpty ? nil : array.removeFirst()))
                }
                #expect(fifo.count == array.count)
                #expect(fifo.first == array.first)
            }
            #expect(all(fifo) == array)
        }
    }
}
