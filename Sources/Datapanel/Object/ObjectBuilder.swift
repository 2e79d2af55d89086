// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// A JSON object under construction, member by member, for callers without a JSON library.
package final class ObjectBuilder {
    private let root: JSONValue

    package init() throws(DatapanelError) {
        root = try JSONValue(adopting: json_object())
    }

    package func set(_ path: UnsafePointer<CChar>, string: UnsafePointer<CChar>)
        throws(DatapanelError)
    {
        let bytes = UnsafeRawBufferPointer(start: string, count: strlen(string))
        try set(MemberPath(path), try .string(bytes))
    }

    package func set(_ path: UnsafePointer<CChar>, integer: Int64) throws(DatapanelError) {
        try set(MemberPath(path), try JSONValue(adopting: json_integer(json_int_t(integer))))
    }

    package func set(_ path: UnsafePointer<CChar>, real: Double) throws(DatapanelError) {
        guard real.isFinite else {
            throw DatapanelError(
                .argument, "JSON has no NaN and no infinity; set null or leave it out")
        }
        try set(MemberPath(path), try JSONValue(adopting: json_real(real)))
    }

    package func set(_ path: UnsafePointer<CChar>, bool: Bool) throws(DatapanelError) {
        try set(MemberPath(path), try JSONValue(adopting: bool ? json_true() : json_false()))
    }

    /// Sets an object that was built before, as it is now.
    func set(_ path: UnsafePointer<CChar>, object: ObjectBuilder) throws(DatapanelError) {
        var bytes = Bytes()
        try object.write(to: &bytes)
        try set(path, json: bytes.view)
    }

    package func setNull(_ path: UnsafePointer<CChar>) throws(DatapanelError) {
        try set(MemberPath(path), try JSONValue(adopting: json_null()))
    }

    package func set(_ path: UnsafePointer<CChar>, json: UnsafeRawBufferPointer)
        throws(DatapanelError)
    {
        let path = try MemberPath(path)
        let depthLeft = JSONScanner.depthLimit - path.steps.count
        try set(path, try .parse(json, depthLimit: depthLeft))
    }

    /// The object as compact text.
    package func json() throws(DatapanelError) -> OwnedText {
        var bytes = Bytes()
        try write(to: &bytes)
        return try bytes.take()
    }

    func write(to bytes: inout Bytes) throws(DatapanelError) {
        try root.write(to: &bytes)
    }

    /// Follows the path as far as it exists, builds what is missing aside, and hangs it in with
    /// one call: the object changes wholly or not at all.
    private func set(
        _ path: borrowing MemberPath, _ value: consuming JSONValue
    ) throws(DatapanelError) {
        var place = root.pointer
        var index = 0
        while index < path.steps.count - 1 {
            let next = try step(into: place, path, index)
            guard next != nil else { break }
            place = next
            index += 1
        }
        _ = try step(into: place, path, index)
        var branch = value
        for later in stride(from: path.steps.count - 1, to: index, by: -1) {
            branch = try wrap(branch, path, later)
        }
        try attach(branch, to: place, path, index)
    }

    /// The value at a step: NULL when it would be new. Throws when the step cannot be taken.
    private func step(
        into place: UnsafeMutablePointer<json_t>?, _ path: borrowing MemberPath, _ index: Int
    ) throws(DatapanelError) -> UnsafeMutablePointer<json_t>? {
        guard let place else { throw DatapanelError(.internal, "a path without a root") }
        switch path.steps[index] {
        case .member(let nameOffset):
            guard dpx_json_type(place) == JSON_OBJECT else {
                throw Self.fault(path, "step \(index + 1) names a member of what is no object")
            }
            return json_object_get(place, path.name(nameOffset))
        case .append:
            try requireArray(place, path, index)
            return nil
        case .element(let position):
            try requireArray(place, path, index)
            return json_array_get(place, try Self.resolve(position, in: place, path))
        }
    }

    private func requireArray(
        _ place: UnsafeMutablePointer<json_t>, _ path: borrowing MemberPath, _ index: Int
    ) throws(DatapanelError) {
        guard dpx_json_type(place) == JSON_ARRAY else {
            throw Self.fault(path, "step \(index + 1) names an element of what is no array")
        }
    }

    private static func resolve(
        _ position: Int, in place: UnsafeMutablePointer<json_t>?, _ path: borrowing MemberPath
    ) throws(DatapanelError) -> Int {
        let count = json_array_size(place)
        let index = position < 0 ? count + position : position
        guard index >= 0 && index < count else {
            throw fault(path, "[\(position)] lies outside an array of \(count); use [+] to append")
        }
        return index
    }

    /// A new container with `value` in the place that a step names.
    private func wrap(
        _ value: consuming JSONValue, _ path: borrowing MemberPath, _ index: Int
    ) throws(DatapanelError) -> JSONValue {
        let container: JSONValue
        switch path.steps[index] {
        case .member: container = try JSONValue(adopting: json_object())
        case .append: container = try JSONValue(adopting: json_array())
        case .element(let position):
            throw Self.fault(path, "[\(position)] lies outside a new array; use [+] to append")
        }
        try attach(value, to: container.pointer, path, index)
        return container
    }

    private func attach(
        _ value: consuming JSONValue, to place: UnsafeMutablePointer<json_t>?,
        _ path: borrowing MemberPath, _ index: Int
    ) throws(DatapanelError) {
        let status: Int32
        switch path.steps[index] {
        case .member(let nameOffset):
            status = json_object_set_new_nocheck(place, path.name(nameOffset), value.release())
        case .append:
            status = json_array_append_new(place, value.release())
        case .element(let position):
            let index = try Self.resolve(position, in: place, path)
            status = json_array_set_new(place, index, value.release())
        }
        if status != 0 { throw .noMemory("an object") }
    }

    private static func fault(_ path: borrowing MemberPath, _ text: Text) -> DatapanelError {
        DatapanelError(.path, "path \"\(path.shown)\" does not fit the object: \(text)")
            .with(.key, path.shown)
    }
}
