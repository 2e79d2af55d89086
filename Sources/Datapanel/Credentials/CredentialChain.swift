// SPDX-License-Identifier: Apache-2.0

/// What `auth = default` stands for: the first place that has credentials. Explicit settings, the
/// environment and the profile file are looked at once, when a client is made; where these have
/// none, keys come from the metadata service of the server that the process runs on.
final class CredentialChain {
    private var config: Config
    private let environment: VendorEnvironment
    /// Why the places before gave nothing.
    private var reasons = TextBuilder()

    static func settled(
        _ config: Config, _ environment: VendorEnvironment
    ) throws(DatapanelError) -> Config {
        let chain = CredentialChain(config: config, environment: environment)
        try chain.settle()
        // Wherever the keys are from.
        let project: Text = "HUAWEICLOUD_SDK_PROJECT_ID"
        try chain.config.fill(.projectId, environment[project], from: project)
        return chain.config
    }

    private init(config: Config, environment: VendorEnvironment) {
        self.config = config
        self.environment = environment
    }

    private func settle() throws(DatapanelError) {
        if let kind = try config.explicitAuth {
            config.settle(auth: kind)
            return tell("auth = default: the settings have credentials")
        }
        skip("the settings have no credentials")
        if try adoptEnvironment() { return }
        if try adoptProfile() { return }
        config.settle(searched: reasons.finish())
        tell("auth = default: keys come from the metadata service, \(config.metadataEndpoint)")
    }

    private func skip(_ reason: Text, _ level: Log.Level = .information) {
        if reasons.count > 0 { reasons.append("; ") }
        reasons.append(reason)
        tell("auth = default: \(reason)", level)
    }

    private func tell(_ message: Text, _ level: Log.Level = .information) {
        config.log.write(level, .auth) { message }
    }

    // MARK: the environment

    private func adoptEnvironment() throws(DatapanelError) -> Bool {
        var keys = FoundKeys()
        for known in FoundKeys.names {
            if let value = environment["\(known.variable)"] { keys.take(known.key, value) }
        }
        let place: Text = "the environment"
        let (access, secret) = (FoundKeys.names[0].variable, FoundKeys.names[1].variable)
        guard try keys.areThere(in: place, access: access, secret: secret) else {
            skip("\(access) is not set")
            return false
        }
        try adopt(keys, place)
        return true
    }

    private func adopt(_ keys: FoundKeys, _ place: Text) throws(DatapanelError) {
        for (key, value) in keys.settings { try config.fill(key, value, from: place) }
        config.settle(auth: .aksk)
        tell("auth = default: keys come from \(place)")
    }

    // MARK: the profile file

    private func adoptProfile() throws(DatapanelError) -> Bool {
        let found = try environment.file(
            named: "HUAWEICLOUD_SDK_CREDENTIALS_FILE", orAtHome: "credentials")
        switch found {
        case .file(let file, let path): return try adopt(file, path)
        case .nothing(let reason, let isOdd): skip(reason, isOdd ? .warning : .information)
        }
        return false
    }

    private func adopt(_ file: TextFile, _ path: Text) throws(DatapanelError) -> Bool {
        defer { withExtendedLifetime(file) {} }
        let shown = TextFile.shown(path)
        guard let keys = try ProfileFile.parse(file.text, shown) else {
            skip("\(shown) has no section [basic]")
            return false
        }
        let place: Text = "[basic] of \(shown)"
        guard try keys.areThere(in: place, access: "ak", secret: "sk") else {
            skip("\(place) has no ak")
            return false
        }
        if file.isExposed { config.note(exposed: path) }
        config.warnOfExposedFiles()
        try adopt(keys, place)
        return true
    }
}
