// SPDX-License-Identifier: Apache-2.0

/// What a region stands for where it is not set.
extension Config {
    /// Where the service is; nil when no setting tells.
    package var endpoint: Text? {
        if let endpoint = text(.endpoint) { return endpoint }
        return text(.region).map { "https://secmaster.\($0).myhuaweicloud.com" }
    }

    /// Where IAM is; nil when no setting tells.
    package var iamEndpoint: Text? {
        if let endpoint = text(.iamEndpoint) { return endpoint }
        guard let region = text(.region) else { return nil }
        // These have no IAM of their own.
        let others: [StaticString] = [
            "cn-north-11", "af-north-1", "eu-west-101", "ap-southeast-5", "cn-southwest-3",
        ]
        if others.contains(where: { ASCII.equal(region.bytes, $0) }) {
            return "https://iam.myhuaweicloud.com"
        }
        return "https://iam.\(region).myhuaweicloud.com"
    }
}
