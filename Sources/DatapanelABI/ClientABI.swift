// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

@_cdecl("dp_client_new") @implementation
public func dp_client_new(_ config: OpaquePointer?, _ error_out: ErrorOut?) -> OpaquePointer? {
    handle(
        made(error_out) { () throws(DatapanelError) in
            try Client.make(needed(config, ConfigHandle.self, "config").config)
        })
}

@_cdecl("dp_client_set") @implementation
public func dp_client_set(
    _ client: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
    _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let client = try needed(client, Client.self, "client")
        try client.set(text(key, "key"), text(value, "value"))
    }
}

@_cdecl("dp_client_submit") @implementation
public func dp_client_submit(
    _ client: OpaquePointer?, _ target: UnsafePointer<CChar>?, _ request: OpaquePointer?,
    _ timeout_ms: Int32, _ reports_out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error_out: ErrorOut?
) -> dp_code {
    reports_out?.pointee = nil
    return status(error_out) { () throws(DatapanelError) in
        let client = try needed(client, Client.self, "client")
        let request = try needed(request, Request.self, "request")
        guard timeout_ms >= 0 else {
            throw DatapanelError(.argument, "timeout_ms is negative; 0 stands for request.timeout")
        }
        let rows = try ReportsHandle(capacity: reports_out == nil ? 0 : request.count)
        let submission = try client.submit(
            text(target, "target"), request, timeout: Int64(timeout_ms))
        if let reports_out {
            rows.fill(submission.reports)
            reports_out.pointee = handle(rows)
        }
        if let error = submission.error { throw error }
    }
}

@_cdecl("dp_client_free") @implementation
public func dp_client_free(_ client: OpaquePointer?) {
    release(client, Client.self)
}
