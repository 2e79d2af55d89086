// SPDX-License-Identifier: Apache-2.0

/// What was found of a name: who has exactly this name, and whose names are near to it. The service
/// matches loosely, and its pages shift while they are read.
struct LookupMatches {
    /// So many are told of in an error.
    private static let exactLimit = 8
    private static let nearLimit = 3

    private let name: Text
    /// Each id once.
    private(set) var exact: [(id: Text, code: Text?)] = []
    private(set) var near: [(name: Text, distance: Int)] = []

    init(_ name: Text) {
        self.name = name
    }

    mutating func take(_ page: borrowing LookupPage, _ field: LookupField) throws(DatapanelError) {
        for index in 0..<page.count {
            guard let value = page.text(index, field.member) else { continue }
            if name.equals(value) {
                try takeExact(page, index)
            } else {
                takeNear(value)
            }
        }
    }

    private mutating func takeExact(
        _ page: borrowing LookupPage, _ index: Int
    ) throws(DatapanelError) {
        guard let id = page.text(index, "id"), PathPart.flaw(id) == nil,
            Reference.name(in: id) == nil
        else {
            throw DatapanelError(
                .reply,
                """
                what has the name "\(Excerpt.of(name.bytes, limit: 80))" in the service's list has \
                no usable id there
                """
            ).with(.stored, "\(Stored.no.name)")
        }
        guard exact.count < Self.exactLimit, !exact.contains(where: { $0.id.equals(id) }) else {
            return
        }
        let code = page.text(index, LookupField.businessCode.member)
        exact.append((try Text(id), code.map { Excerpt.of($0, limit: 80) }))
    }

    /// Keeps the nearest ones, the nearest first.
    private mutating func takeNear(_ value: UnsafeRawBufferPointer) {
        let distance = EditDistance.between(name.bytes, value)
        let place = near.firstIndex { $0.distance > distance } ?? near.count
        guard place < Self.nearLimit else { return }
        let shown = Excerpt.of(value, limit: 80)
        if near.contains(where: { $0.name.equals(shown.bytes) }) { return }
        near.insert((shown, distance), at: place)
        if near.count > Self.nearLimit { near.removeLast() }
    }
}
