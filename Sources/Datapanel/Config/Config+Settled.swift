// SPDX-License-Identifier: Apache-2.0

extension Config {
    /// With what depends on the process around it: where the services of the region are, and what
    /// `auth = default` stands for. Reads the environment and files, and opens no connection.
    package func settled(
        in environment: VendorEnvironment = .process
    ) throws(DatapanelError) -> Config {
        var config = self
        config.warnOfExposedFiles()
        try config.settleDeliveryTimeout()
        try config.settleEndpoints(environment)
        guard auth == .default else { return config }
        return try CredentialChain.settled(config, environment)
    }

    /// What is kept on disk can wait for longer.
    private mutating func settleDeliveryTimeout() throws(DatapanelError) {
        guard text(.spoolPath) != nil, text(.deliveryTimeout) == nil else { return }
        let day: StaticString = "24h"
        try set(
            .deliveryTimeout,
            UnsafeRawBufferPointer(start: day.utf8Start, count: day.utf8CodeUnitCount))
    }

    /// Keeps what is set already. Other tools take addresses without a scheme, and several.
    @inline(never)
    mutating func fill(_ key: SettingKey, _ value: Text?, from place: Text) throws(DatapanelError) {
        guard text(key) == nil, let value else { return }
        let isAddress = key == .endpoint || key == .iamEndpoint
        let text = isAddress ? Self.address(value) : value
        do throws(DatapanelError) {
            try set(key, text.bytes)
        } catch {
            guard error.code == .config else { throw error }
            throw DatapanelError(.config, "\(place): \(error.message)").with(.key, error[.key])
        }
    }

    // MARK: what the vendor's tools know of addresses

    private mutating func settleEndpoints(
        _ environment: VendorEnvironment
    ) throws(DatapanelError) {
        let iam: Text = "HUAWEICLOUD_SDK_IAM_ENDPOINT"
        try fill(.iamEndpoint, environment[iam], from: iam)
        guard let region = text(.region) else { return }
        let name = Self.variable(ofRegion: region)
        try fill(.endpoint, environment[name], from: name)
        if text(.endpoint) == nil { try settleEndpoint(of: region, environment) }
    }

    private mutating func settleEndpoint(
        of region: Text, _ environment: VendorEnvironment
    ) throws(DatapanelError) {
        let found = try environment.file(
            named: "HUAWEICLOUD_SDK_REGIONS_FILE", orAtHome: "regions.yaml")
        switch found {
        case .file(let file, let path):
            defer { withExtendedLifetime(file) {} }
            let endpoint = try RegionsFile.endpoint(of: region, in: file.text)
            try fill(.endpoint, endpoint, from: TextFile.shown(path))
        case .nothing(let reason, let isOdd):
            if isOdd { log.write(.warning, .auth) { reason } }
        }
    }

    private static func variable(ofRegion region: Text) -> Text {
        var name = TextBuilder()
        name.append("HUAWEICLOUD_SDK_REGION_SECMASTER_")
        for byte in region.bytes {
            name.append(byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : ASCII.upper(byte))
        }
        return name.finish()
    }

    /// The first of them where there are several; https where no scheme says otherwise.
    private static func address(_ text: Text) -> Text {
        let first = ASCII.trimmed(ASCII.split(text.bytes, at: UInt8(ascii: ",")).0)
        var address = TextBuilder()
        if !hasScheme(first) { address.append("https://") }
        address.append(first)
        return address.finish()
    }

    private static func hasScheme(_ address: UnsafeRawBufferPointer) -> Bool {
        ASCII.hasPrefixIgnoringCase(address, "http://")
            || ASCII.hasPrefixIgnoringCase(address, "https://")
    }
}
