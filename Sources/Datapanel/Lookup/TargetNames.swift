// SPDX-License-Identifier: Apache-2.0

/// The ids of the data classes that targets named.
struct TargetNames {
    static let prefix: StaticString = "name:"
    /// More names than this are no names of data classes; the oldest is looked up anew.
    private static let limit = 64

    private var known: [(name: Text, id: Text)] = []

    /// The name in a target that is written as one; nil when it is an id.
    static func name(in target: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard ASCII.hasPrefixIgnoringCase(target, prefix) else { return nil }
        return UnsafeRawBufferPointer(rebasing: target[prefix.utf8CodeUnitCount...])
    }

    func id(of name: UnsafeRawBufferPointer) -> Text? {
        known.first { $0.name.equals(name) }?.id
    }

    mutating func learn(_ name: UnsafeRawBufferPointer, _ id: Text) throws(DatapanelError) {
        forget(name)
        if known.count >= Self.limit { known.removeFirst() }
        known.append((try Text(name), id))
    }

    mutating func forget(_ name: UnsafeRawBufferPointer) {
        known.removeAll { $0.name.equals(name) }
    }
}

extension DatapanelError {
    /// Whether the service says that there is no such data class: as it documents it, or by the
    /// status that a route without its data class has.
    var tellsOfNoDataclass: Bool {
        if let status = self[.httpStatus], ASCII.equal(status.bytes, "404") { return true }
        guard let code = self[.serverCode] else { return false }
        return ASCII.equal(code.bytes, "SecMaster.20030022")
            || ASCII.equal(code.bytes, "SecMaster.20040402")
    }
}
