// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelABI
import DatapanelEmulator
import Testing

/// A client made through the C interface, and what tests ask of it.
final class Session {
    private let client: OpaquePointer

    /// `settings` come on top of what the emulator needs.
    init(_ endpoint: String, _ settings: [String: String] = [:]) throws {
        let config = try emulatorConfig(endpoint, settings)
        defer { dp_config_free(config) }
        var error: OpaquePointer?
        defer { dp_error_free(error) }
        client = try #require(
            dp_client_new(config, &error), "\(String(cString: dp_error_message(error)))")
    }

    deinit { dp_client_free(client) }

    func set(_ key: String, _ value: String) -> Int { Int(dp_client_set(client, key, value, nil)) }

    /// Submits objects, given as JSON texts.
    func submit(
        _ objects: [String], to target: String = DataClass.alert.id, timeout: Int32 = 10_000
    ) throws -> Outcome {
        let request = dp_request_new()
        defer { dp_request_free(request) }
        for object in objects {
            try #require(dp_request_add(request, object, object.utf8.count, nil) == DP_OK)
        }
        var reports: OpaquePointer?
        var error: OpaquePointer?
        let code = dp_client_submit(
            client, target, request, timeout, &reports, &error)
        defer {
            dp_reports_free(reports)
            dp_error_free(error)
        }
        return Outcome(code, reports, error)
    }
}

/// What a submission came to, copied out of the C handles.
struct Outcome {
    struct Report: Equatable {
        let code: dp_code
        let stored: dp_stored
        let id: String?
        let payload: String?
    }

    let code: dp_code
    let message: String
    let stored: String?
    let attempts: String?
    let requestId: String?
    let reports: [Report]

    init(_ code: dp_code, _ reports: OpaquePointer?, _ error: OpaquePointer?) {
        func field(_ name: String) -> String? {
            dp_error_field(error, name).map { String(cString: $0) }
        }
        self.code = code
        message = String(cString: dp_error_message(error))
        stored = field("stored")
        attempts = field("attempts")
        requestId = field("request_id")
        self.reports = (0..<dp_reports_count(reports)).compactMap { index in
            guard let report = dp_reports_at(reports, index)?.pointee else { return nil }
            let payload = UnsafeRawBufferPointer(start: report.payload, count: report.payload_len)
            return Report(
                code: report.code, stored: report.stored,
                id: report.id.map { String(cString: $0) },
                payload: report.payload == nil ? nil : String(decoding: payload, as: UTF8.self))
        }
    }

    var isStored: Bool { code == DP_OK }
}

/// So many small objects that can be told apart.
func objects(_ count: Int) -> [String] {
    (0..<count).map { "{\"title\":\"object \($0)\"}" }
}

/// The settings of a program that talks to an emulator, and `settings` on top of them. Owned.
func emulatorConfig(_ endpoint: String, _ settings: [String: String]) throws -> OpaquePointer? {
    let config = dp_config_new()
    let options = Emulator.Options()
    var all = [
        "endpoint": endpoint, "project.id": options.project, "workspace.id": options.workspace,
        "auth.token": options.token, "backoff.base": "1ms", "backoff.cap": "20ms",
    ]
    all.merge(settings) { $1 }
    for (key, value) in all { try #require(dp_config_set(config, key, value, nil) == DP_OK) }
    return config
}
