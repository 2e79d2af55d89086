// SPDX-License-Identifier: Apache-2.0

/// The header lines of calls.
struct CallHeaders {
    /// What the last call had, which the next has, too, if nothing but this token is in it.
    private var last: HeaderList?
    private var token: Text?

    /// As `make`, for one call after the other.
    mutating func next(
        _ config: Config, _ method: StaticString, _ url: Text, bodyHash: Text?,
        _ time: ServiceTime.Reading, _ proof: Proof?
    ) throws(DatapanelError) -> HeaderList {
        if let last, let token, token === proof?.token { return last }
        let headers = try Self.make(config, method, url, bodyHash: bodyHash, time, proof)
        (last, token) = (headers, proof?.token)
        return headers
    }

    /// `bodyHash` is what calls are signed with, if they are.
    @inline(never)
    static func make(
        _ config: Config, _ method: StaticString, _ url: Text, bodyHash: Text?,
        _ time: ServiceTime.Reading, _ proof: Proof?
    ) throws(DatapanelError) -> HeaderList {
        let contentType: Text = "application/json;charset=UTF-8"
        let headers = HeaderList()
        try headers.add("Content-Type", contentType, secret: false)
        try headers.add("Accept: application/json")
        // Without the empty one libcurl waits up to a second for a 100 before large bodies.
        try headers.add("Expect:")
        try headers.add("User-Agent", "libdatapanel/\(version)", secret: false)
        let call = SignedCall(
            method: method, url: url, contentType: contentType, bodyHash: bodyHash, time: time)
        try Credentials.authorize(headers, proof, project: config.id(.projectId), call)
        return headers
    }
}
