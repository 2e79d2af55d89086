// SPDX-License-Identifier: Apache-2.0

/// What a request hears that nobody may send, or that IAM does not understand.
extension Refusal {
    // MARK: The gateway

    static let noToken = notAuthentic("x-auth-token not found")
    static let wrongToken = notAuthentic("decrypt token fail")
    /// Also of a token that was good once, and of one for another region.
    static let staleToken = gateway(401, "0307", "The token must be updated.")
    static let otherProject = gateway(
        403, "0302", "This user is not allowed to access the API: the token is for another project")

    static func expiredToken(_ expires: WallClock) -> Refusal {
        notAuthentic("token expires, expires_at: \(expires.identity)")
    }
    static func signature(_ refusal: SignatureRefusal) -> Refusal {
        notAuthentic(refusal.message)
    }
    static func throttled(retryAfterSeconds: Int?) -> Refusal {
        var refusal = documented(status: 429)
        refusal.headers = retryAfterSeconds.map { [Header("Retry-After", String($0))] } ?? []
        return refusal
    }

    private static func notAuthentic(_ reason: String) -> Refusal {
        gateway(401, "0301", "Incorrect IAM authentication information: \(reason)")
    }

    // MARK: IAM

    static let wrongPassword = identity(401, "The username or password is wrong.")

    static func tokenBody(_ error: JSONError) -> Refusal {
        identity(400, "The request body is invalid: \(error)")
    }
    static func noProject(_ reference: Reference) -> Refusal {
        identity(404, "Could not find project: \(reference.text).")
    }
    static func noDomain(_ reference: Reference) -> Refusal {
        identity(404, "Could not find domain: \(reference.text).")
    }
    static func pages(_ reason: String) -> Refusal {
        identity(400, reason)
    }

    /// What IAM says with a status that a fault asks for without a body of its own.
    static func documentedByIdentity(status: Int) -> Refusal {
        switch status {
        case 400: identity(400, "The request body is invalid")
        case 401: wrongPassword
        case 403: identity(403, "You are not authorized to perform the requested action.")
        case 404: identity(404, "The requested resource could not be found.")
        case 500: identity(500, "An unexpected error occurred.")
        case 503: identity(503, "The service is currently unable to handle the request.")
        default: documented(status: status)
        }
    }

    // MARK: The metadata service

    static let noMetadataToken = metadata(401, "Unauthorized")
    static let noMetadataTime = metadata(
        400,
        "X-Metadata-Token-Ttl-Seconds must be \(Service.metadataSeconds.lowerBound) to "
            + "\(Service.metadataSeconds.upperBound)")
}
