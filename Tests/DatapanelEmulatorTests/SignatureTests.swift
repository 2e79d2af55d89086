// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

/// The check of signatures against requests that were signed elsewhere.
struct SignatureTests {
    /// Why a request is refused; nil when it is let in.
    private func refusal(
        _ request: SignedRequest, _ vector: SignatureVector, authorization: String? = nil,
        keys: KnownKeys? = nil, secondsLater: Int = 0
    ) -> SignatureRefusal? {
        let check = SignatureCheck(
            request: request, keys: keys ?? vector.keys,
            now: vector.date.adding(seconds: secondsLater))
        do {
            try check.verify(SignatureHeader(authorization ?? vector.expected.authorization))
            return nil
        } catch {
            return error
        }
    }

    private func isWrongSignature(_ refusal: SignatureRefusal?) -> Bool {
        guard case .signature = refusal else { return false }
        return true
    }

    @Test func thereAreTwentyVectors() {
        #expect(SignatureVector.all.count == 20)
    }

    @Test(arguments: SignatureVector.all) func letsInWhatIsRight(vector: SignatureVector) throws {
        #expect(refusal(vector.request, vector) == nil)
        let canonical = try CanonicalRequest(
            vector.request,
            signedHeaders: vector.expected.signedHeaders.split(separator: ";").map(String.init),
            payloadHash: vector.expected.payloadHash)
        #expect(canonical.text == vector.expected.canonicalRequest)
        var request = vector.request
        request.headers.append(Header("Added-Later", "by the HTTP library"))
        #expect(refusal(request, vector) == nil)
    }

    @Test(arguments: SignatureVector.all) func noticesAnotherRequest(vector: SignatureVector) {
        var request = vector.request
        request.method = "PATCH"
        #expect(isWrongSignature(refusal(request, vector)))
        request = vector.request
        request.target = "/x" + request.target
        #expect(isWrongSignature(refusal(request, vector)))
        request = vector.request
        request.target += request.target.contains("?") ? "&y" : "?y"
        #expect(isWrongSignature(refusal(request, vector)))
        request = vector.request
        request.body.append(UInt8(ascii: " "))
        let isUnsigned = vector.expected.payloadHash == "UNSIGNED-PAYLOAD"
        #expect(isWrongSignature(refusal(request, vector)) == !isUnsigned)
        request.headers.append(Header("X-Sdk-Content-Sha256", Digest.hash(vector.request.body)))
        #expect(refusal(request, vector) == .bodyHash)
    }

    @Test(arguments: SignatureVector.all) func noticesAnotherHeader(vector: SignatureVector) {
        for name in vector.expected.signedHeaders.split(separator: ";").map(String.init) {
            var request = vector.request
            request.headers.removeAll { $0.name.lowercased() == name }
            switch name {
            case "x-sdk-date": #expect(refusal(request, vector) == .noDate)
            case "x-security-token": #expect(refusal(request, vector) == .noSecurityToken)
            default: #expect(refusal(request, vector) == .missingHeader(name))
            }
            request = vector.request
            for index in request.headers.indices
            where request.headers[index].name.lowercased() == name {
                request.headers[index].value += "x"
            }
            switch name {
            case "x-sdk-date":
                #expect(refusal(request, vector) == .malformedDate("\(vector.input.date)x"))
            case "x-security-token": #expect(refusal(request, vector) == .wrongSecurityToken)
            case "x-sdk-content-sha256": #expect(refusal(request, vector) == .bodyHash)
            default: #expect(isWrongSignature(refusal(request, vector)), "\(name)")
            }
        }
    }

    @Test(arguments: SignatureVector.all) func noticesAnotherKey(vector: SignatureVector) {
        let (access, token) = (vector.input.ak, vector.input.securityToken)
        let other = KnownKeys([AccessKey(access: access, secret: "x", securityToken: token)])
        #expect(isWrongSignature(refusal(vector.request, vector, keys: other)))
        #expect(refusal(vector.request, vector, keys: KnownKeys([])) == .unknownKey(access))
        let temporary = KnownKeys([
            AccessKey(access: access, secret: vector.input.sk, securityToken: "another")
        ])
        let expected: SignatureRefusal = token == nil ? .noSecurityToken : .wrongSecurityToken
        #expect(refusal(vector.request, vector, keys: temporary) == expected)
        if token != nil {
            let permanent = KnownKeys([AccessKey(access: access, secret: vector.input.sk)])
            #expect(refusal(vector.request, vector, keys: permanent) == .wrongSecurityToken)
        }
    }

    @Test(arguments: SignatureVector.all) func noticesAnotherTime(vector: SignatureVector) {
        for seconds in [-900, 0, 900] {
            #expect(refusal(vector.request, vector, secondsLater: seconds) == nil)
        }
        for seconds in [-901, 901, 86_400 * 365] {
            let server = vector.date.adding(seconds: seconds).signature
            #expect(
                refusal(vector.request, vector, secondsLater: seconds)
                    == .expired(signed: vector.input.date, server: server))
        }
        var request = vector.request
        for index in request.headers.indices where request.headers[index].name == "X-Sdk-Date" {
            request.headers[index].value = vector.date.adding(seconds: 1).signature
        }
        #expect(isWrongSignature(refusal(request, vector)))
    }

    @Test(arguments: SignatureVector.all) func noticesAnotherHeaderLine(vector: SignatureVector) {
        let right = vector.expected.authorization
        func refused(_ authorization: String) -> SignatureRefusal? {
            refusal(vector.request, vector, authorization: authorization)
        }
        let last = right.hasSuffix("0") ? "1" : "0"
        let cut = String(right.dropLast())
        for wrong in [cut + last, cut, cut + "g", right + "00"] {
            #expect(isWrongSignature(refused(wrong)), "\(wrong.suffix(3))")
        }
        let headers = vector.expected.signedHeaders
        #expect(
            refused(right.split(separator: "x-sdk-date").joined(separator: "host"))
                == .unsignedHeader("x-sdk-date"))
        #expect(
            refused(right.split(separator: headers).joined(separator: "\(headers);accept-language"))
                == .missingHeader("accept-language"))
        #expect(
            refused("SDK-HMAC-SM3" + right.dropFirst(SignatureHeader.algorithm.count))
                == .algorithm("SDK-HMAC-SM3"))
        for start in ["", " Access", " Access=, Signature=", " Access=a, SignedHeaders=b"] {
            #expect(refused(SignatureHeader.algorithm + start) == .malformedHeader, "\(start)")
        }
        if vector.input.securityToken != nil {
            #expect(
                refused(right.split(separator: ";x-security-token").joined())
                    == .unsignedHeader("x-security-token"))
        }
    }

    @Test func keysOfTheMetadataServiceEnd() throws {
        var keys = KnownKeys([])
        let now = WallClock(milliseconds: 1_700_000_000_000)
        let entry = keys.issue(seconds: 60, now: now)
        let other = keys.issue(seconds: 60, now: now)
        #expect(entry.key != other.key && keys[entry.key.access] == entry)
        #expect(entry.expires == now.adding(seconds: 60) && entry.key.securityToken != nil)
        _ = keys.issue(seconds: 60, now: now.adding(seconds: 60 + 3_601))
        #expect(keys[entry.key.access] == nil)
    }

    @Test func theMessageHoldsWhatTheGatewayMadeOfTheRequest() throws {
        let vector = try #require(SignatureVector.all.first)
        let canonical = try CanonicalRequest(
            vector.request, signedHeaders: ["host", "x-sdk-date"],
            payloadHash: vector.expected.payloadHash)
        #expect(
            SignatureRefusal.signature(canonical).message
                == "verify aksk signature fail, canonicalRequest:GET|/v3/projects/|"
                + "name=ap-southeast-3|host:iam.ap-southeast-3.myhuaweicloud.com|"
                + "x-sdk-date:20251130T235959Z||host;x-sdk-date|\(vector.expected.payloadHash)")
    }
}
