// SPDX-License-Identifier: Apache-2.0

/// Asks the metadata service of a cloud server for temporary keys.
final class MetadataCall: IssuerCall {
    /// It is next door: what takes longer is not there. In milliseconds.
    private static let timeout: Int64 = 3_000
    /// So long the service's own token is asked for; it is used at once.
    private static let tokenLife: StaticString = "X-Metadata-Token-Ttl-Seconds: 60"

    private let endpoint: Text
    /// What to say when there is none at all.
    private let searched: Text?
    private var dialogue = MetadataDialogue()
    private var headers = HeaderList()

    init(_ order: TokenState.Order) throws(DatapanelError) {
        endpoint = order.credentials.metadataEndpoint
        searched = order.isFirst ? order.credentials.searched : nil
        super.init(order, try Transfer(order.credentials, isDirect: true), isDirect: true)
        headers = try headersOfNext()
    }

    private var isForToken: Bool {
        if case .token = dialogue.request { return true }
        return false
    }

    private var url: Text {
        isForToken
            ? "\(endpoint)/meta-data/latest/api/token" : "\(endpoint)/openstack/latest/securitykey"
    }

    private func headersOfNext() throws(DatapanelError) -> HeaderList {
        let headers = HeaderList()
        switch dialogue.request {
        case .token: try headers.add(Self.tokenLife)
        case .keys(let token):
            if let token { try headers.add("X-Metadata-Token", token, secret: true) }
            headers.secret = token
        }
        return headers
    }

    override func begin(_ config: Config, timeout: Int64) {
        transfer.begin(
            url, headers, nil, config: config, timeout: min(timeout, Self.timeout),
            isPut: isForToken)
    }

    override func answer(
        _ exchange: Exchange, _ config: Config
    ) -> TokenState.Answer? {
        var hasAgency = true
        switch dialogue.take(exchange, now: Clock.seconds()) {
        case .ask:
            exchange.reply.wipe()
            do throws(DatapanelError) {
                headers = try headersOfNext()
                return nil
            } catch {
                return .failure(.passing, error, retryAfter: nil)
            }
        case .keys(let key, let life):
            exchange.reply.wipe()
            config.log.write(.information, .auth) {
                "new keys from the metadata service, \(key.access), for \(life / 1_000) s"
            }
            return .proof(.key(key), life: life)
        case .noAgency: hasAgency = false
        case .failure: break
        }
        return failure(
            Attempt(isForToken ? "PUT" : "GET", asking: exchange),
            hasAgency: hasAgency, config)
    }

    /// What never answered is probably not there, and not to be waited for.
    private func failure(
        _ attempt: Attempt, hasAgency: Bool, _ config: Config
    ) -> TokenState.Answer {
        let mayPass =
            hasAgency && TokenState.Failure.isPassing(attempt.verdict)
            && (attempt.exchange.status > 0 || searched == nil)
        let failure: TokenState.Failure = mayPass ? .passing : .standing
        let opening: Text =
            if let searched {
                "no credentials: \(searched); the metadata service has none, "
            } else {
                "no keys from the metadata service: "
            }
        let advice: StaticString =
            hasAgency
            ? "give credentials in one of these places, or check metadata.endpoint"
            : "give this server an agency that may use SecMaster"
        let error = attempt.trouble(
            opening, url, searched == nil ? failure.code(attempt.verdict) : .auth, advice)
        var reply = attempt.takeReply()
        reply.wipe()
        config.log.write(.warning, .auth) { error.message }
        return .failure(failure, error, retryAfter: attempt.retryAfter)
    }
}
