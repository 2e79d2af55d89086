// SPDX-License-Identifier: Apache-2.0

/// Why a signed request is not let in.
enum SignatureRefusal: Error, Equatable {
    case algorithm(String)
    case malformedHeader
    case unknownKey(String)
    /// Too many wrong signatures came before this one.
    case shutOut(String)
    case noDate
    case malformedDate(String)
    case expired(signed: String, server: String)
    /// Signed, but not sent.
    case missingHeader(String)
    /// Sent, and not signed although it has to be.
    case unsignedHeader(String)
    case noSecurityToken
    case wrongSecurityToken
    case expiredKey(WallClock)
    case bodyHash
    case signature(CanonicalRequest)

    /// Whether somebody tried a signature that is wrong.
    var isWrong: Bool {
        switch self {
        case .signature, .bodyHash: true
        default: false
        }
    }

    /// For the log. Holds nothing that is secret.
    var reason: String {
        switch self {
        case .algorithm(let name): "the algorithm is \(name), not \(SignatureHeader.algorithm)"
        case .malformedHeader: "Authorization lacks Access, SignedHeaders or Signature"
        case .unknownKey(let access): "no access key \(access)"
        case .shutOut(let access): "\(access) is shut out for its wrong signatures"
        case .noDate: "no X-Sdk-Date"
        case .malformedDate(let text): "X-Sdk-Date is \(text), not like 20251130T235959Z"
        case .expired(let signed, let server):
            "signed at \(signed), which is over 15 minutes from \(server) here"
        case .missingHeader(let name): "\(name) is signed but was not sent"
        case .unsignedHeader(let name): "\(name) is not signed"
        case .noSecurityToken: "the access key is temporary, and no X-Security-Token was sent"
        case .wrongSecurityToken: "X-Security-Token is not that of the access key"
        case .expiredKey(let expires): "the access key was good until \(expires.identity)"
        case .bodyHash: "X-Sdk-Content-Sha256 is not the hash of the body"
        case .signature: "the signature is not that of this request with this secret key"
        }
    }

    /// What the gateway says, behind "Incorrect IAM authentication information: ".
    var message: String {
        switch self {
        case .algorithm(let name): "calc aksk signature fail:unknown algorithm \(name)"
        case .malformedHeader: "calc aksk signature fail:authorization format error"
        case .unknownKey(let access): "Get secretKey failed,ak:\(access),err:ak not exist"
        case .shutOut: "AK access failed to reach the limit, forbidden"
        case .noDate: "calc aksk signature fail:x-sdk-date not found"
        case .malformedDate(let text): "calc aksk signature fail:x-sdk-date format error \(text)"
        case .expired(let signed, let server):
            "calc aksk signature fail:signature expired, "
                + "signature time:\(signed),server time:\(server)"
        case .missingHeader(let name): "calc aksk signature fail:signed header \(name) not found"
        case .unsignedHeader(let name): "calc aksk signature fail:header \(name) not signed"
        case .noSecurityToken: "x-security-token not found"
        case .wrongSecurityToken: "decrypt token fail"
        case .expiredKey(let expires): "token expires, expires_at: \(expires.identity)"
        case .bodyHash: "verify aksk signature fail, body hash mismatch"
        case .signature(let canonical):
            "verify aksk signature fail, canonicalRequest:\(canonical.oneLine)"
        }
    }
}
