// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

@_cdecl("dp_request_new") @implementation
public func dp_request_new() -> OpaquePointer? {
    handle(made(nil) { () throws(DatapanelError) in try Request() })
}

@_cdecl("dp_request_set") @implementation
public func dp_request_set(
    _ request: OpaquePointer?, _ field: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
    _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let request = try needed(request, Request.self, "request")
        try request.set(text(field, "field"), optionalText(value))
    }
}

@_cdecl("dp_request_add") @implementation
public func dp_request_add(
    _ request: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ len: Int, _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        try needed(request, Request.self, "request").add(text(json, len, "json"))
    }
}

@_cdecl("dp_request_add_object") @implementation
public func dp_request_add_object(
    _ request: OpaquePointer?, _ object: OpaquePointer?, _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let request = try needed(request, Request.self, "request")
        try request.add(needed(object, ObjectBuilder.self, "object"))
    }
}

@_cdecl("dp_request_count") @implementation
public func dp_request_count(_ request: OpaquePointer?) -> Int {
    object(request, Request.self)?.count ?? 0
}

@_cdecl("dp_request_body") @implementation
public func dp_request_body(
    _ request: OpaquePointer?, _ config: OpaquePointer?, _ len_out: UnsafeMutablePointer<Int>?,
    _ error_out: ErrorOut?
) -> UnsafeMutablePointer<CChar>? {
    made(error_out) { () throws(DatapanelError) in
        let request = try needed(request, Request.self, "request")
        let config = object(config, ConfigHandle.self)?.config ?? Config()
        return owned(try request.body(config.listField).text(), len_out)
    }
}

@_cdecl("dp_request_free") @implementation
public func dp_request_free(_ request: OpaquePointer?) {
    release(request, Request.self)
}
