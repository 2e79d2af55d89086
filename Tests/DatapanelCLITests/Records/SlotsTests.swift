// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct SlotsTests {
    private func item(_ number: Int) -> Item {
        Item(source: 0, number: number, extent: 0..<1, start: 0, isDoubtful: false)
    }

    @Test func givesBackWhatWasPutThereOnce() {
        var slots = Slots()
        let places = (1...3).map { slots.put(item($0)) }
        #expect(slots.count == 3)
        let taken = places.reversed().map { slots.take($0)?.number }
        #expect(taken == [3, 2, 1])
        let again = slots.take(places[0])
        let never = slots.take(99)
        #expect(again == nil && never == nil && slots.count == 0)
    }

    @Test func usesPlacesAgain() {
        var slots = Slots()
        for number in 0..<1_000 {
            let place = slots.put(item(number))
            let taken = slots.take(place)
            #expect(place == 0 && taken?.number == number)
        }
    }
}
