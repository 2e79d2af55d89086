// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import CPosix
import Datapanel

@_cdecl("dp_version") @implementation
public func dp_version() -> UnsafePointer<CChar>? {
    constant(version)
}

@_cdecl("dp_has_feature") @implementation
public func dp_has_feature(_ name: UnsafePointer<CChar>?) -> Int32 {
    guard let name else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    return Feature.allCases.contains { $0.isPresent && $0.isNamed(bytes) } ? 1 : 0
}

@_cdecl("dp_free") @implementation
public func dp_free(_ pointer: UnsafeMutableRawPointer?) {
    free(pointer)
}
