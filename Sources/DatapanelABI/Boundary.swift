// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import CPosix
import Datapanel

// The conventions of the C boundary, once. Every exported function has four beats: refuse NULL,
// convert in, one call into the engine, convert out. The contract is in datapanel.h.

/// Where a caller wants the error; NULL when it does not.
public typealias ErrorOut = UnsafeMutablePointer<OpaquePointer?>

/// Runs a call and turns what it throws into its code, and into an error for the caller.
func status(_ error_out: ErrorOut?, _ body: () throws(DatapanelError) -> Void) -> dp_code {
    error_out?.pointee = nil
    do throws(DatapanelError) {
        try body()
        return dp_code(DP_OK)
    } catch {
        return failed(error, error_out)
    }
}

/// Apart from `status`, which is inlined into every function.
@inline(never)
private func failed(_ error: DatapanelError, _ error_out: ErrorOut?) -> dp_code {
    error_out?.pointee = handle(ErrorHandle(error))
    return error.code.number
}

/// Runs a call that makes something, and answers NULL when it throws.
func made<Value>(
    _ error_out: ErrorOut?, _ body: () throws(DatapanelError) -> Value
) -> Value? {
    var value: Value?
    _ = status(error_out) { () throws(DatapanelError) in value = try body() }
    return value
}

/// A handle that the C side owns.
func handle<Object: AnyObject>(_ object: Object?) -> OpaquePointer? {
    object.map { OpaquePointer(Unmanaged.passRetained($0).toOpaque()) }
}

/// What a handle stands for; nil for NULL.
func object<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) -> Object? {
    handle.map { Unmanaged<Object>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

/// Ends the C side's ownership of a handle.
func release<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
    if let handle { Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release() }
}

/// An argument that must not be NULL.
func needed<Value>(_ value: Value?, _ name: StaticString) throws(DatapanelError) -> Value {
    guard let value else { throw null(name) }
    return value
}

@inline(never)
private func null(_ name: StaticString) -> DatapanelError {
    DatapanelError(.argument, "\(name) is NULL")
}

func needed<Object: AnyObject>(
    _ handle: OpaquePointer?, _ type: Object.Type, _ name: StaticString
) throws(DatapanelError) -> Object {
    try needed(object(handle, type), name)
}

/// A C string that must not be NULL, as bytes.
func text(
    _ pointer: UnsafePointer<CChar>?, _ name: StaticString
) throws(DatapanelError) -> UnsafeRawBufferPointer {
    let pointer = try needed(pointer, name)
    return UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))
}

/// A C string that may be NULL.
func optionalText(_ pointer: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer? {
    pointer.map { UnsafeRawBufferPointer(start: $0, count: strlen($0)) }
}

/// Text with a length, which may be 0; NULL is refused then too.
func text(
    _ pointer: UnsafePointer<CChar>?, _ len: Int, _ name: StaticString
) throws(DatapanelError) -> UnsafeRawBufferPointer {
    guard len >= 0 else {
        throw DatapanelError(.argument, "the length of \(name) is beyond any memory")
    }
    return UnsafeRawBufferPointer(start: try needed(pointer, name), count: len)
}

/// A time that a caller gives.
func milliseconds(_ timeout_ms: Int32) throws(DatapanelError) -> Int64 {
    guard timeout_ms >= 0 else {
        throw DatapanelError(.argument, "timeout_ms is negative; 0 does not wait")
    }
    return Int64(timeout_ms)
}

/// Text that the C side owns from here on, its length where the caller wants it.
func owned(
    _ text: OwnedText, _ len_out: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar> {
    len_out?.pointee = text.count
    return text.pointer
}

func constant(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
