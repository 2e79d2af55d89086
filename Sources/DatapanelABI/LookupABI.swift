// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

@_cdecl("dp_client_lookup") @implementation
public func dp_client_lookup(
    _ client: OpaquePointer?, _ kind: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?,
    _ timeout_ms: Int32, _ id_out: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ error_out: ErrorOut?
) -> dp_code {
    id_out?.pointee = nil
    return status(error_out) { () throws(DatapanelError) in
        let client = try needed(client, Client.self, "client")
        let kind = try LookupKind.named(text(kind, "kind"))
        let name = try text(name, "name")
        let id_out = try needed(id_out, "id_out")
        guard timeout_ms >= 0 else {
            throw DatapanelError(.argument, "timeout_ms is negative; 0 stands for request.timeout")
        }
        id_out.pointee = try client.lookup(kind, name, timeout: Int64(timeout_ms)).pointer
    }
}
