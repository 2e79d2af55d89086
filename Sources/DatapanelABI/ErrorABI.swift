// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import CPosix
import Datapanel

/// An error with its texts as C strings.
final class ErrorHandle {
    let code: dp_code
    let message: Text
    private let details: [DatapanelError.Detail]

    init(_ error: DatapanelError) {
        code = error.code.number
        message = error.message
        details = error.details
    }

    func field(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
        details.first { strcmp(constant($0.field.name), name) == 0 }?.value.pointer
    }
}

@_cdecl("dp_error_code") @implementation
public func dp_error_code(_ error: OpaquePointer?) -> dp_code {
    object(error, ErrorHandle.self)?.code ?? dp_code(DP_OK)
}

@_cdecl("dp_error_message") @implementation
public func dp_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
    object(error, ErrorHandle.self)?.message.pointer ?? constant("")
}

@_cdecl("dp_error_field") @implementation
public func dp_error_field(
    _ error: OpaquePointer?, _ name: UnsafePointer<CChar>?
) -> UnsafePointer<CChar>? {
    guard let error = object(error, ErrorHandle.self), let name else { return nil }
    return error.field(name)
}

@_cdecl("dp_error_free") @implementation
public func dp_error_free(_ error: OpaquePointer?) {
    release(error, ErrorHandle.self)
}
