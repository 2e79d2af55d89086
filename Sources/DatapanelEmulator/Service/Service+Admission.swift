// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// Who may do what: the gateway looks at the request, then the service at the ids in its path.
extension Service {
    func admit(
        _ exchange: Exchange, _ body: [UInt8], _ project: String, _ workspace: String? = nil,
        _ dataclass: String? = nil
    ) throws(Refusal) {
        switch try caller(exchange, body) {
        case .account: break
        case .project(let id) where id == project: break
        case .project: throw .otherProject
        case .global: throw .staleToken
        }
        let directory = directory
        guard directory.project(Reference(id: project)) != nil else { throw .project(project) }
        guard let workspace else { return }
        guard project == options.project, directory.workspace(id: workspace) != nil else {
            throw .workspace(workspace)
        }
        if let dataclass { _ = try directory.dataclass(id: dataclass, workspace: workspace) }
    }

    /// What the sender of a request may work with, by its signature or its token.
    func caller(_ exchange: Exchange, _ body: [UInt8]) throws(Refusal) -> IssuedTokens.Scope {
        let headers = exchange.head.headers
        if let header = headers.first(name: "authorization"), SignatureHeader.isMeant(by: header) {
            try verify(header, exchange, body)
            return .account
        }
        guard let token = headers.first(name: "x-auth-token") else { throw .noToken }
        if token == options.token { return .account }
        let now = now
        switch withState({ $0.tokens.use(token, now: now) }) {
        case .good(let scope): return scope
        case .expired(let expires): throw .expiredToken(expires)
        case .revoked: throw .staleToken
        case .unknown: throw .wrongToken
        }
    }

    private func verify(
        _ header: String, _ exchange: Exchange, _ body: [UInt8]
    ) throws(Refusal) {
        let head = exchange.head
        let request = SignedRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { Header($0.name, $0.value) }, body: body)
        do {
            try verify(SignatureHeader(header), request)
        } catch {
            let path = head.uri.prefix { $0 != "?" }
            options.log?(
                "refused signature: \(error.reason) "
                    + "(\(head.method.rawValue) \(path), request \(exchange.requestId))")
            throw .signature(error)
        }
    }

    private func verify(
        _ header: SignatureHeader, _ request: SignedRequest
    ) throws(SignatureRefusal) {
        let now = now
        let access = header.access
        let (keys, isShut) = withState { ($0.keys, $0.lockOut.isShut(access, now: now)) }
        guard !isShut else { throw .shutOut(access) }
        do {
            try SignatureCheck(request: request, keys: keys, now: now).verify(header)
            withState { $0.lockOut.passed(access) }
        } catch {
            if options.lockOut, error.isWrong { withState { $0.lockOut.failed(access, now: now) } }
            throw error
        }
    }

    /// The gateway counts what comes in before it looks at it.
    func throttle() throws(Refusal) {
        let now = ContinuousClock.now
        guard withState({ $0.throttle.admits(at: now) }) else {
            throw .throttled(retryAfterSeconds: options.retryAfterSeconds)
        }
    }
}
