// SPDX-License-Identifier: Apache-2.0

/// IAM: tokens for a password, and projects by their names.
extension Service {
    func issueToken(_ body: [UInt8], _ query: [String: String]) throws(Refusal) -> Reply {
        let asked: TokenBody
        do { asked = try TokenBody(body) } catch { throw .tokenBody(error) }
        guard options.account.admits(asked) else { throw .wrongPassword }
        let project = try project(asked.scope)
        let issued = now
        let grant = IssuedTokens.Grant(
            issued: issued, expires: issued.adding(seconds: options.tokenSeconds),
            scope: project.map { .project($0.id) } ?? .global, usesLeft: options.tokenUses)
        let token = withState { $0.tokens.issue(grant, length: options.tokenLength) }
        return Reply(
            status: 201,
            headers: [Header("X-Subject-Token", token), traceId],
            json: describe(grant, asked.scope, project, catalog: query["nocatalog"] == nil))
    }

    /// Nil when the token is for no project.
    private func project(_ scope: TokenBody.Scope) throws(Refusal) -> Project? {
        let account = options.account
        switch scope {
        case .project(let reference):
            guard let project = directory.project(reference) else { throw .noProject(reference) }
            return project
        case .domain(let reference):
            guard reference.means(id: account.domainId, name: account.domain) else {
                throw .noDomain(reference)
            }
            return nil
        case .none: return nil
        }
    }

    private func describe(
        _ grant: IssuedTokens.Grant, _ scope: TokenBody.Scope, _ project: Project?, catalog: Bool
    ) -> JSONWriter {
        let account = options.account
        var json = JSONWriter()
        func named(_ member: StaticString, _ id: String, _ name: String, _ close: Bool = true) {
            json.raw(member)
            json.raw(#":{"id":"#)
            json.string(id)
            json.raw(#","name":"#)
            json.string(name)
            if close { json.raw("}") }
        }
        func domain() { named(#","domain""#, account.domainId, account.domain) }
        json.raw(#"{"token":{"expires_at":"#)
        json.string(grant.expires.identity)
        json.raw(#","issued_at":"#)
        json.string(grant.issued.identity)
        json.raw(#","methods":["password"]"#)
        named(#","user""#, account.userId, account.user, false)
        domain()
        json.raw(#","password_expires_at":""}"#)
        if let project {
            named(#","project""#, project.id, project.name, false)
            domain()
            json.raw("}")
        } else if scope != .none {
            domain()
        }
        named(#","roles":[{"role""#, "0", "secmaster_user")
        json.raw(#"}],"catalog":["#)
        if catalog {
            json.object(["id": "1", "type": "secmaster", "name": "secmaster"])
        }
        json.raw("]}}")
        return json
    }

    /// What IAM has in place of `X-request-id`.
    private var traceId: Header {
        Header("X-IAM-Trace-Id", "token_\(options.region)_null_\(Random.text(32))")
    }

    // MARK: Projects

    /// Names match as a whole here, unlike those of workspaces and data classes.
    func listProjects(_ query: [String: String]) throws(Refusal) -> Reply {
        let account = options.account
        let matching = directory.projects.filter { project in
            query["name"].map { $0 == project.name } ?? true
                && query["domain_id"].map { $0 == account.domainId } ?? true
                && query["enabled"] != "false" && query["is_domain"] != "true"
        }
        var json = JSONWriter()
        json.raw(#"{"projects":"#)
        json.array(try Self.numberedPage(matching, query)) { json, project in
            json.object([
                "id": .string(project.id), "name": .string(project.name), "description": "",
                "domain_id": .string(account.domainId), "parent_id": .string(account.domainId),
                "is_domain": false, "enabled": true,
            ])
        }
        json.raw(#","links":{"self":"/v3/projects"}}"#)
        return Reply(headers: [traceId], json: json)
    }

    private static func numberedPage(
        _ projects: [Project], _ query: [String: String]
    ) throws(Refusal) -> ArraySlice<Project> {
        switch (query["page"], query["per_page"]) {
        case (nil, nil): return projects[...]
        case (let page?, let size?):
            guard let page = Int(page), let size = Int(size), page >= 1, 1...5_000 ~= size else {
                throw .pages("page is 1 or more, per_page is 1 to 5000")
            }
            let offset = (page - 1).multipliedReportingOverflow(by: size)
            return projects.dropFirst(offset.overflow ? projects.count : offset.partialValue)
                .prefix(size)
        default: throw .pages("page and per_page go together")
        }
    }
}
