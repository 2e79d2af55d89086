// SPDX-License-Identifier: Apache-2.0

/// What a signature has to know of a call.
package struct SignedCall {
    let method: StaticString
    let url: Text
    /// nil when there is no body.
    let contentType: Text?
    /// nil when there is no body, or calls are not signed.
    let bodyHash: Text?
    let time: ServiceTime.Reading

    private static let hashOfNothing: Text =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Adds the headers that a signed call needs, which are signed themselves. `Host` is among
    /// them: what is signed is what is sent, however libcurl would have written it.
    func sign(
        with key: AccessKey, project: Text?, _ headers: HeaderList
    ) throws(DatapanelError) {
        let date = try Signature.date(time.seconds)
        let host = try Text(SignedURL(url.bytes).host)
        var signed: [CanonicalRequest.Header] = [("Host", host), ("X-Sdk-Date", date)]
        if let project { signed.append(("X-Project-Id", project)) }
        if let token = key.securityToken { signed.append(("X-Security-Token", token)) }
        for header in signed { try headers.add(header.name, header.value, secret: true) }
        if let contentType { signed.append(("Content-Type", contentType)) }
        let request = CanonicalRequest(
            method, url, signed, bodyHash: bodyHash ?? Self.hashOfNothing)
        let authorization = try Signature.authorization(request, date: date, key: key)
        try headers.add("Authorization", authorization, secret: false)
    }
}
