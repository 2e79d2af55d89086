// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator

extension Ledger {
    /// A fault, and what a table calls it.
    struct Kind {
        let name: String
        let fault: Fault

        init(_ name: String, _ effect: Fault.Effect, delay: Int = 0) {
            self.name = name
            fault = Fault(effect, delayMilliseconds: delay)
        }
    }

    /// Every kind of fault that the emulator knows; each happens to one request in a hundred.
    static let kinds: [Kind] =
        [302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504].map {
            Kind("\($0)", .reply(status: $0))
        }
        + [429, 503].map {
            Kind("\($0), Retry-After", .reply(status: $0, headers: [Header("Retry-After", "0")]))
        }
        + [500, 502, 503, 504].map { Kind("\($0), stored", .reply(status: $0, stores: true)) }
        + [
            Kind("200, empty", .reply(status: 200, body: "")),
            Kind("200, no results", .reply(status: 200, body: "[]", stores: true)),
            Kind("200, a page", .reply(status: 200, body: "<html></html>", stores: true)),
            Kind(
                "200, an error",
                .reply(status: 200, body: #"{"code":"SecMaster.1","message":"no"}"#)),
            Kind("200, no ids", .ids(count: 0)), Kind("200, 99 ids", .ids(count: 99)),
            Kind("200, 101 ids", .ids(count: 101)),
            Kind("200, cut at 0", .truncate(bytes: 0)),
            Kind("200, cut at 20", .truncate(bytes: 20)),
            Kind("stall", .stall()), Kind("stall, stored", .stall(stores: true)),
            Kind("delay", .none, delay: 20),
        ]
        + Fault.Moment.allCases.flatMap { moment in
            Fault.Ending.allCases.map { ending in
                Kind("\(ending) after \(moment)", .drop(moment, ending))
            }
        }
}

extension Array {
    /// One of so many, of which the first are these; nil stands for the others.
    func randomElement(of total: Int) -> Element? {
        let index = Int.random(in: 0..<total)
        return index < count ? self[index] : nil
    }
}
