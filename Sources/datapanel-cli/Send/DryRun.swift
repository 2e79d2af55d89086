// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Glibc

/// `--dry-run`: the first request, as a producer with these settings makes it of the first objects.
struct DryRun {
    private let config: Config
    private let url: Text

    init(_ config: Config, _ url: Text) {
        self.config = config
        self.url = url
    }

    func run(_ intake: Intake) throws {
        let request = try Request()
        try fillEnvelope(of: request)
        try fill(request, from: intake)
        let body = try request.body(config.listField).text()
        defer { free(body.pointer) }
        try write(
            """
            POST \(url)
            Content-Type: application/json;charset=UTF-8
            Accept: application/json
            User-Agent: libdatapanel/\(version)
            \(authorization)
            Content-Length: \(body.count)


            """)
        try writeAll(
            Array(UnsafeRawBufferPointer(start: body.pointer, count: body.count)) + [0x0A],
            to: STDOUT_FILENO, named: "standard output")
    }

    private var authorization: String {
        switch config.auth {
        case .token: "X-Auth-Token: [redacted]"
        case .password: "X-Auth-Token: [what IAM gives]"
        case .aksk: "Authorization: SDK-HMAC-SHA256 [made for each attempt]"
        case .default: "Authorization or X-Auth-Token: [of the credentials that are found]"
        }
    }

    private func fillEnvelope(of request: Request) throws {
        let members: [(StaticString, SettingKey)] = [
            ("format_version", .envelopeFormatVersion), ("name", .envelopeName),
            ("type", .envelopeType),
        ]
        for (name, key) in members {
            guard let text = config.text(key) else { continue }
            try set(name, text.bytes, in: request)
        }
        switch config.number(.envelopeTriggerFlag) {
        case 1: try set("trigger_flag", Text("false").bytes, in: request)
        case 2: try set("trigger_flag", Text("true").bytes, in: request)
        default: break
        }
    }

    private func set(
        _ name: StaticString, _ value: UnsafeRawBufferPointer, in request: Request
    ) throws {
        try request.set(
            UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    /// As many objects as a batch takes.
    private func fill(_ request: Request, from intake: Intake) throws {
        let (most, room) = (config.number(.batchObjects), Int(config.number(.batchBytes)))
        var bytes = 0
        while request.count < most {
            switch try intake.next() {
            case .end:
                return
            case .dry:
                // Nobody else waits for anything.
                intake.noteReady()
            case .record(let record, let source):
                let more = record.text.count + (request.count > 0 ? 1 : 0)
                if request.count > 0 && bytes + more > room { return }
                do {
                    if let flaw = record.flaw { throw DatapanelError(flaw.code, "") }
                    try request.add(record.text)
                    bytes += more
                } catch {
                    let origin = intake.origin(record, source: source)
                    let message =
                        record.flaw?.message ?? "\((error as? DatapanelError)?.message ?? "")"
                    tell("datapanel: \(origin.place), byte \(origin.offset): \(message)")
                }
            }
        }
    }
}
