// SPDX-License-Identifier: Apache-2.0
import CPosix

extension Config {
    /// Refuses what cannot work together. Nothing is ever clamped: a setting that does not hold
    /// what was written into it is worse than an error.
    package func check() throws(DatapanelError) {
        try checkEndpoint()
        try checkNames()
        try checkAuth()
        try inOrder(.backoffBase, .backoffCap)
        if let file = text(.tlsCaFile) {
            if !isOn(.tlsVerify) {
                throw clash(
                    .tlsVerify, .tlsCaFile,
                    "tls.verify = false ignores tls.ca_file; set only one of them")
            }
            if dpx_is_readable_file(file.pointer) == 0 {
                throw DatapanelError(
                    .config,
                    "tls.ca_file: \(Excerpt.of(file.bytes, limit: 200)) is no file that can be read"
                ).with(.key, "tls.ca_file")
            }
        }
    }

    private func checkAuth() throws(DatapanelError) {
        switch auth {
        case .token:
            try need(.authToken, "is needed with auth = token")
        case .password:
            try need(.authUser, "is needed with auth = password")
            try need(.authPassword, "is needed with auth = password")
            try need(.authDomain, "is needed with auth = password")
            if text(.region) == nil {
                // IAM gives tokens for a project.
                try need(.projectId, "(or region) is needed with auth = password")
                try need(.iamEndpoint, "(or region) is needed with auth = password")
            }
        case .aksk:
            try need(.accessKey, "is needed with auth = aksk")
            try need(.secretKey, "is needed with auth = aksk")
        case .default: break
        }
    }

    /// IAM knows the names of projects.
    private func checkNames() throws(DatapanelError) {
        guard case .name? = try reference(.projectId), text(.region) == nil else { return }
        try need(.iamEndpoint, "(or region) is needed where project.id is a name")
    }

    private func checkEndpoint() throws(DatapanelError) {
        if text(.region) == nil { try need(.endpoint, "(or region in its place) is needed") }
        // What was set itself is known to be good.
        for address in [endpoint, iamEndpoint] {
            guard let address, let flaw = EndpointSyntax.flaw(address.bytes) else { continue }
            throw DatapanelError(
                .config,
                "region: \(Excerpt.of(address.bytes, limit: 200)), which it stands for, \(flaw)"
            ).with(.key, "region")
        }
    }

    /// What holds for producers beyond `check`.
    package func checkProducer() throws(DatapanelError) {
        if text(.region) == nil { try need(.projectId, "(or region) is needed") }
        try need(.workspaceId, "is needed")
        try inOrder(.linger, .deliveryTimeout)
        try inOrder(.requestTimeout, .deliveryTimeout)
        let needed = 2 * number(.batchBytes) * number(.inflight)
        guard number(.queueBytes) >= needed else {
            throw clash(
                .queueBytes, .batchBytes,
                """
                queue.bytes = \(Size.text(number(.queueBytes))) is less than twice batch.bytes = \
                \(Size.text(number(.batchBytes))) for each of inflight = \(number(.inflight)), \
                \(Size.text(needed)); change one of them
                """)
        }
        _ = try Envelope(self)
    }

    /// With a setting changed while it is in use.
    func changed(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Config {
        guard let key = SettingKey.named(name) else { throw Self.unknown(name) }
        guard key.setting.isRuntime else {
            throw DatapanelError(
                .config, "\(key.setting.key) cannot be changed in use; start anew with it"
            ).with(.key, "\(key.setting.key)")
        }
        var changed = self
        try changed.change(key, value)
        try changed.check()
        return changed
    }

    private func need(_ key: SettingKey, _ why: StaticString) throws(DatapanelError) {
        if text(key) != nil { return }
        let name = key.setting.key
        throw DatapanelError(
            .config, "\(name) \(why) and not set; set it, or \(Environment.variable(key))"
        ).with(.key, "\(name)")
    }

    private func inOrder(_ low: SettingKey, _ high: SettingKey) throws(DatapanelError) {
        guard number(low) > number(high) else { return }
        throw clash(
            low, high,
            """
            \(low.setting.key) = \(Duration.text(number(low))) is longer than \
            \(high.setting.key) = \(Duration.text(number(high))); change one of them
            """)
    }

    func clash(_ one: SettingKey, _ other: SettingKey, _ text: Text) -> DatapanelError {
        DatapanelError(.config, text).with(.key, "\(one.setting.key), \(other.setting.key)")
    }
}
