// SPDX-License-Identifier: Apache-2.0

/// The header lines of a batch-create call.
enum CallHeaders {
    static func make(_ config: Config) throws(DatapanelError) -> HeaderList {
        var headers = HeaderList()
        try headers.add("Content-Type: application/json;charset=UTF-8")
        try headers.add("Accept: application/json")
        // Without the empty one libcurl waits up to a second for a 100 before large bodies.
        try headers.add("Expect:")
        try headers.add("User-Agent", "libdatapanel/\(version)", secret: false)
        try Credentials.authorize(&headers, config)
        return headers
    }
}
