// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

@_cdecl("dp_object_new") @implementation
public func dp_object_new() -> OpaquePointer? {
    handle(made(nil) { () throws(DatapanelError) in try ObjectBuilder() })
}

@_cdecl("dp_object_set_string") @implementation
public func dp_object_set_string(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
    _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.set(path, string: needed(value, "value"))
    }
}

@_cdecl("dp_object_set_int") @implementation
public func dp_object_set_int(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ value: Int64,
    _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.set(path, integer: value)
    }
}

@_cdecl("dp_object_set_real") @implementation
public func dp_object_set_real(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ value: Double,
    _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.set(path, real: value)
    }
}

@_cdecl("dp_object_set_bool") @implementation
public func dp_object_set_bool(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ value: Int32,
    _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.set(path, bool: value != 0)
    }
}

@_cdecl("dp_object_set_null") @implementation
public func dp_object_set_null(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.setNull(path)
    }
}

@_cdecl("dp_object_set_json") @implementation
public func dp_object_set_json(
    _ object: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ json: UnsafePointer<CChar>?,
    _ len: Int, _ error_out: ErrorOut?
) -> dp_code {
    set(object, path, error_out) { (object, path) throws(DatapanelError) in
        try object.set(path, json: text(json, len, "json"))
    }
}

@_cdecl("dp_object_json") @implementation
public func dp_object_json(
    _ object: OpaquePointer?, _ len_out: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar>? {
    made(nil) { () throws(DatapanelError) in
        owned(try needed(object, ObjectBuilder.self, "object").json(), len_out)
    }
}

@_cdecl("dp_object_free") @implementation
public func dp_object_free(_ object: OpaquePointer?) {
    release(object, ObjectBuilder.self)
}

@inline(never)
private func set(
    _ handle: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error_out: ErrorOut?,
    _ body: (ObjectBuilder, UnsafePointer<CChar>) throws(DatapanelError) -> Void
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        try body(needed(handle, ObjectBuilder.self, "object"), needed(path, "path"))
    }
}
