// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// Everything that the emulator says no with: the codes are those of the service and its gateway.
struct Refusal: Error, Equatable {
    var status: Int
    var sender: Sender
    var code: String
    var message: String
    var headers: [Header] = []

    /// Who answers decides the shape of the body.
    enum Sender: Equatable {
        /// `{"error_code","error_msg","request_id"}`
        case gateway
        /// `{"code","message"}`
        case service
        /// `{"error":{"code","message","title"}}`; the title takes the place of the code.
        case identity
        /// Just the message.
        case metadata
    }

    // MARK: The gateway

    static let noSuchRoute = gateway(
        404, "0101", "The API does not exist or has not been published in the environment")
    static let bodyTooLarge = gateway(
        413, "0201", "Request entity too large: the limit is \(Service.bodyLimit) bytes")
    static let headersTooLarge = gateway(494, "0201", "Request headers too large")
    static let malformedRequest = gateway(400, "0201", "Bad request")

    // MARK: The service

    static func parameter(_ error: JSONError) -> Refusal {
        service(400, "20030001", "Invalid parameter: \(error)")
    }
    static func parameter(_ reason: String) -> Refusal {
        service(400, "20030001", "Invalid parameter: \(reason)")
    }
    static func project(_ id: String) -> Refusal {
        service(400, "20030002", "Invalid project id: \(id)")
    }
    static func workspace(_ id: String) -> Refusal {
        service(403, "20010001", "Invalid workspace id: \(id)")
    }
    static func dataclass(_ id: String, status: Int) -> Refusal {
        service(status, "20030022", "Failed to query the data class: \(id)")
    }
    static func object(_ id: String) -> Refusal {
        service(400, "20030005", "The data object does not exist: \(id)")
    }
    static func storage(_ error: StoreError) -> Refusal {
        service(500, "20039999", "The emulator cannot store: \(error)")
    }

    // MARK: The emulator's own routes

    static func method(allow: String) -> Refusal {
        var refusal = emulator(405, "MethodNotAllowed", "This path takes \(allow)")
        refusal.headers = [Header("Allow", allow)]
        return refusal
    }
    static func faults(_ error: JSONError) -> Refusal {
        emulator(400, "InvalidFault", "\(error)")
    }
    static func admin(_ error: JSONError) -> Refusal {
        emulator(400, "InvalidBody", "\(error)")
    }
    static func admin(_ reason: String) -> Refusal {
        emulator(400, "InvalidBody", reason)
    }

    /// What the service says with a status that a fault asks for without a body of its own.
    static func documented(status: Int) -> Refusal {
        switch status {
        case 400: service(400, "20030004", "Failed to create the data object")
        case 401: wrongToken
        case 403: gateway(403, "0302", "This user is not allowed to access the API")
        case 404: noSuchRoute
        case 405: gateway(405, "0501", "The app quota has been used up")
        case 413: bodyTooLarge
        case 429: gateway(429, "0308", "The throttling threshold has been reached")
        case 502: gateway(502, "0201", "Backend unavailable")
        case 503: gateway(503, "0613", "The IAM service is unavailable")
        case 504: gateway(504, "0201", "Backend timeout")
        case 500...: gateway(status, "0601", "Internal server error")
        default: gateway(status, "0201", "Scripted fault")
        }
    }

    func reply(requestId: String) -> Reply {
        var json = JSONWriter()
        switch sender {
        case .gateway:
            json.object([
                "error_code": .string(code), "error_msg": .string(message),
                "request_id": .string(requestId),
            ])
        case .service:
            json.object(["code": .string(code), "message": .string(message)])
        case .identity:
            json.raw(#"{"error":"#)
            json.object([
                "code": .integer(status), "message": .string(message), "title": .string(code),
            ])
            json.raw("}")
        case .metadata:
            let headers = headers + [Header("Content-Type", "text/plain")]
            return Reply(status: status, headers: headers, body: Array(message.utf8))
        }
        return Reply(status: status, headers: headers, json: json)
    }

    static func gateway(_ status: Int, _ code: String, _ message: String) -> Refusal {
        Refusal(status: status, sender: .gateway, code: "APIGW.\(code)", message: message)
    }
    static func identity(_ status: Int, _ message: String) -> Refusal {
        let title = HTTPResponseStatus(statusCode: status).reasonPhrase
        return Refusal(status: status, sender: .identity, code: title, message: message)
    }
    static func metadata(_ status: Int, _ message: String) -> Refusal {
        Refusal(status: status, sender: .metadata, code: "", message: message)
    }
    private static func service(_ status: Int, _ code: String, _ message: String) -> Refusal {
        Refusal(status: status, sender: .service, code: "SecMaster.\(code)", message: message)
    }
    private static func emulator(_ status: Int, _ code: String, _ message: String) -> Refusal {
        Refusal(status: status, sender: .service, code: "Emulator.\(code)", message: message)
    }
}
