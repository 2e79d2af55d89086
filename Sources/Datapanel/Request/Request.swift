// SPDX-License-Identifier: Apache-2.0

/// One batch-create call: an envelope and its objects.
package final class Request {
    /// The gateway refuses bodies above this.
    package static let bodyLimit = 12_000_000

    private var envelope = Envelope()
    private var store = ObjectStore()
    /// Of the envelope with the list field's default name.
    private var headCount = 0

    package init() throws(DatapanelError) {
        headCount = try Self.headCount(envelope)
    }

    package var count: Int { store.count }

    package func set(
        _ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
    ) throws(DatapanelError) {
        var changed = envelope
        try changed.set(field, value)
        headCount = try Self.headCount(changed)
        envelope = changed
    }

    /// Adds an object, given as text; it goes into the body as it stands.
    package func add(_ object: UnsafeRawBufferPointer) throws(DatapanelError) {
        let tailCount = Envelope.tail.utf8CodeUnitCount
        let before = headCount + store.bytes.count + (store.count > 0 ? 1 : 0) + tailCount
        let (bodyCount, overflow) = before.addingReportingOverflow(object.count)
        // Before the scan: 13 MB that cannot go need no look.
        if overflow || bodyCount > Self.bodyLimit {
            throw Self.tooLarge(overflow ? .max : bodyCount, adding: object.count)
        }
        do throws(JSONFault) {
            try JSONScanner.checkObject(object)
        } catch {
            throw error.error("not a JSON object", in: object)
        }
        // Reports of an earlier submission may still show the objects where they are.
        if !isKnownUniquelyReferenced(&store) { store = try store.copy() }
        try store.append(object)
    }

    /// Adds a built object as it is now.
    package func add(_ object: ObjectBuilder) throws(DatapanelError) {
        var json = Bytes()
        try object.write(to: &json)
        try add(json.view)
    }

    /// The body as it will be sent.
    package func body(_ listField: ListField) throws(DatapanelError) -> Body {
        guard count > 0 else {
            throw DatapanelError(.empty, "the request has no objects; add one before it is sent")
        }
        let body = Body(try Self.head(envelope, listField), store)
        if body.count > Self.bodyLimit { throw Self.tooLarge(body.count, adding: nil) }
        return body
    }

    private static func head(
        _ envelope: Envelope, _ listField: ListField
    ) throws(DatapanelError) -> Text {
        var bytes = Bytes()
        try envelope.writeHead(listField, to: &bytes)
        return try Text(bytes.view)
    }

    private static func headCount(_ envelope: Envelope) throws(DatapanelError) -> Int {
        try head(envelope, .dataObject).count
    }

    private static func tooLarge(_ count: Int, adding object: Int?) -> DatapanelError {
        let cause: Text = object.map { "with this object of \($0) bytes the body" } ?? "the body"
        return DatapanelError(
            .tooLarge,
            """
            \(cause) would have \(count) bytes, and the service takes at most \(bodyLimit); \
            spread the objects over more requests
            """)
    }
}
