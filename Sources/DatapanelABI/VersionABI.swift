// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import CPosix
import Datapanel

@_cdecl("dp_version") @implementation
public func dp_version() -> UnsafePointer<CChar>? {
    UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("dp_free") @implementation
public func dp_free(_ pointer: UnsafeMutableRawPointer?) {
    free(pointer)
}
