// SPDX-License-Identifier: Apache-2.0

/// Every setting there is. `setting` is the one table that reading, checking, documents and the
/// bindings are made from.
package enum SettingKey: Int, CaseIterable, Sendable {
    case region, endpoint, iamEndpoint, projectId, workspaceId
    case auth, authToken, authUser, authPassword, authDomain
    case accessKey, secretKey, securityToken, metadataEndpoint
    case listField
    case requestTimeout, connectTimeout, stallTimeout, backoffBase, backoffCap, replyBytes
    case envelopeName, envelopeType, envelopeFormatVersion, envelopeTriggerFlag
    case batchObjects, batchBytes, linger, lingerJitter
    case rateRequests, rateObjects, rateBytes, queueObjects, queueBytes, inflight, inflightAdaptive
    case deliveryTimeout, ambiguousPolicy, ambiguousAttempts, reports
    case spoolPath, spoolSync, spoolInterval, spoolBytes
    case deadLetterPath, deadLetterBytes
    case proxy, tlsCaFile, tlsVerify, http2
    case debug

    package var setting: Setting {
        switch self {
        case .region:
            Setting(
                "region", .text,
                doc: """
                    The region, such as ap-southeast-3. It tells where the service and IAM are.
                    """)
        case .endpoint:
            Setting(
                "endpoint", .endpoint,
                doc: """
                    Where the service is. Empty: at https://secmaster.{region}.myhuaweicloud.com; \
                    one of the two is needed.
                    """)
        case .iamEndpoint:
            Setting(
                "iam.endpoint", .endpoint,
                doc: "Where IAM is. Empty: at https://iam.{region}.myhuaweicloud.com.")
        case .projectId:
            Setting(
                "project.id", .reference,
                doc: """
                    The project, by its id or by its name, which is looked up when it is first \
                    needed. Empty: the project that has the name of the region. One of the two \
                    is needed for everything but looking up projects; with auth = password and \
                    by producers from the start.
                    """)
        case .workspaceId:
            Setting(
                "workspace.id", .reference,
                doc: """
                    The workspace, by its id or by its name, which is looked up when it is first \
                    needed. Needed for everything but looking up projects and workspaces; a \
                    producer is not made without it.
                    """)
        case .auth:
            Setting(
                "auth", .choice("token, password, aksk, default"), "token",
                doc: """
                    How calls are authorised. token: with an IAM user token, given as \
                    auth.token. password: with tokens that IAM gives for auth.user, \
                    auth.password and auth.domain, renewed before they end. aksk: signed with \
                    auth.access_key and auth.secret_key. What belongs to another kind is not \
                    looked at. default: in one of these ways, by the first of them that has \
                    credentials: settings, the environment (HUAWEICLOUD_SDK_AK and its kin), the \
                    profile file (~/.huaweicloud/credentials), the metadata service.
                    """)
        case .authToken:
            Setting(
                "auth.token", .secret, runtime: true,
                doc: """
                    The IAM token of a user with access to the project, sent as \
                    X-Auth-Token. It lives 24 hours.
                    """)
        case .authUser:
            Setting(
                "auth.user", .text, runtime: true,
                doc: "The name of an IAM user. A new one counts from the next auth.password on.")
        case .authPassword:
            Setting(
                "auth.password", .secret, runtime: true,
                doc: """
                    The user's password. When it is set in use, a new token is asked for at \
                    once; a refused one is not tried again for 5 minutes.
                    """)
        case .authDomain:
            Setting(
                "auth.domain", .text, runtime: true,
                doc: """
                    The name of the account that the user belongs to. A new one counts from the \
                    next auth.password on.
                    """)
        case .accessKey:
            Setting(
                "auth.access_key", .text, runtime: true,
                doc: """
                    The access key that calls are signed with. A change in use counts from \
                    the next change of auth.secret_key, so set that last.
                    """)
        case .secretKey:
            Setting(
                "auth.secret_key", .secret, runtime: true,
                doc: "The secret key that belongs to auth.access_key. It is never sent.")
        case .securityToken:
            Setting(
                "auth.security_token", .secret, runtime: true,
                doc: """
                    What belongs to temporary keys, sent as X-Security-Token. A change in use \
                    counts from the next change of auth.secret_key.
                    """)
        case .metadataEndpoint:
            Setting(
                "metadata.endpoint", .endpoint, "http://169.254.169.254", runtime: true,
                doc: """
                    Where auth = default finds the metadata service of a cloud server, which gives \
                    temporary keys. No proxy is asked, and each answer is waited for up to 3 s. \
                    When it is set in use, it is asked at once.
                    """)
        case .listField:
            Setting(
                "request.list_field", .choice("data_object, data_object_list"), "data_object",
                doc: """
                    The name of the array of objects in the body; revisions of the service \
                    differ in it.
                    """)
        case .requestTimeout:
            Setting(
                "request.timeout", .duration(1...86_400_000), "30s", runtime: true,
                doc: """
                    How long a submission may take when the call sets no bound of its own: \
                    attempts and pauses together.
                    """)
        case .connectTimeout:
            Setting(
                "connect.timeout", .duration(1...600_000), "10s", runtime: true,
                doc: """
                    How long name lookup, connection and TLS handshake may take together, \
                    each attempt.
                    """)
        case .stallTimeout:
            Setting(
                "stall.timeout", .duration(1_000...600_000), "15s",
                doc: """
                    An upload that has moved less than 1 KiB a second for this long is \
                    broken off.
                    """)
        case .backoffBase:
            Setting(
                "backoff.base", .duration(1...60_000), "500ms", runtime: true,
                doc: """
                    The bound of the first pause before another attempt; it doubles with \
                    each. The pause is a random part of it.
                    """)
        case .backoffCap:
            Setting(
                "backoff.cap", .duration(1...600_000), "30s", runtime: true,
                doc: "The longest pause before another attempt.")
        case .replyBytes:
            Setting(
                "reply.bytes", .size(1_024...67_108_864), "4MiB",
                doc: "The largest reply that is read; a larger one cannot be used.")
        case .envelopeName:
            Setting("envelope.name", .text, doc: "The name in a producer's requests.")
        case .envelopeType:
            Setting("envelope.type", .text, doc: "The type in a producer's requests.")
        case .envelopeFormatVersion:
            Setting(
                "envelope.format_version", .text, "1",
                doc: "The format_version in a producer's requests, an integer.")
        case .envelopeTriggerFlag:
            Setting(
                "envelope.trigger_flag", .choice("unset, false, true"), "unset",
                doc: "The trigger_flag in a producer's requests; unset leaves it out.")
        case .batchObjects:
            Setting(
                "batch.objects", .count(1...10_000), "100",
                doc: "How many objects a producer sends in a request, at the most.")
        case .batchBytes:
            Setting(
                "batch.bytes", .size(1_024...12_000_000), "1MiB",
                doc: """
                    The size that the objects of a producer's request do not pass; one that is \
                    larger goes alone.
                    """)
        case .linger:
            Setting(
                "linger", .duration(0...3_600_000), "200ms",
                doc: "How long an object waits for others to share its request, at the most.")
        case .lingerJitter:
            Setting(
                "linger.jitter", .duration(0...3_600_000), "0ms",
                doc: """
                    A random part of this is added to linger, so that a fleet of producers does \
                    not send in step.
                    """)
        case .rateRequests:
            Setting(
                "rate.requests", .count(0...1_000_000), "0", runtime: true,
                doc: "How many requests a producer begins a second, on average; 0 for any number.")
        case .rateObjects:
            Setting(
                "rate.objects", .count(0...1_000_000_000), "0", runtime: true,
                doc: "How many objects a producer sends a second, on average; 0 for any number.")
        case .rateBytes:
            Setting(
                "rate.bytes", .size(0...1_099_511_627_776), "0", runtime: true,
                doc: "How many bytes of objects a producer sends a second; 0 for any number.")
        case .queueObjects:
            Setting(
                "queue.objects", .count(1...10_000_000), "100000",
                doc: "How many objects a producer holds that have no outcome yet.")
        case .queueBytes:
            Setting(
                "queue.bytes", .size(1_024...68_719_476_736), "64MiB",
                doc: "How many bytes of objects a producer holds that have no outcome yet.")
        case .inflight:
            Setting(
                "inflight", .count(1...64), "4",
                doc: "How many requests a producer has under way at once.")
        case .inflightAdaptive:
            Setting(
                "inflight.adaptive", .flag, "false",
                doc: """
                    Whether a producer starts with one request at once and finds out how many the \
                    service takes, up to inflight.
                    """)
        case .deliveryTimeout:
            Setting(
                "delivery.timeout", .duration(1...604_800_000), "5m",
                doc: """
                    How long a producer tries to deliver an object before it reports a failure. \
                    With spool.path 24h, unless it is set.
                    """)
        case .ambiguousPolicy:
            Setting(
                "ambiguous.policy", .choice("retry, fail"), "retry",
                doc: """
                    What a producer does when an attempt may have been stored. retry: tries again, \
                    and marks a later success as a possible duplicate. fail: reports it.
                    """)
        case .ambiguousAttempts:
            Setting(
                "ambiguous.attempts", .count(1...1_000), "3",
                doc: "How many attempts of an object may end so, with ambiguous.policy = retry.")
        case .reports:
            Setting(
                "reports", .choice("all, failures, none"), "all",
                doc: "Which outcomes a producer reports.")
        case .spoolPath:
            Setting(
                "spool.path", .text,
                doc: """
                    A folder where a producer keeps what it has taken until its outcome is known, \
                    so that the next process goes on with it. It is made if it is not there, and \
                    is one producer's at a time. Empty: memory only.
                    """)
        case .spoolSync:
            Setting(
                "spool.sync", .choice("interval, always, none"), "interval",
                doc: """
                    When the spool is synced, so that a loss of power takes nothing of it. \
                    interval: at most spool.interval after something was written. always: before \
                    an object counts as taken, for all objects together that wait for it. none: \
                    when the system does it. The end of the process alone loses nothing in any \
                    case.
                    """)
        case .spoolInterval:
            Setting(
                "spool.interval", .duration(1...3_600_000), "500ms",
                doc: "How long the spool may be ahead of the disk, with spool.sync = interval.")
        case .spoolBytes:
            Setting(
                "spool.bytes", .size(67_108_864...1_099_511_627_776), "1GiB",
                doc: """
                    The room that the spool takes on the disk, at the most. It grows by files of \
                    16 MiB, two for each target at first.
                    """)
        case .deadLetterPath:
            Setting(
                "dead_letter.path", .text,
                doc: """
                    The file to which a producer adds each object that finally failed, with its \
                    reason, before it reports it: docs/DEAD_LETTERS.md. Empty: none.
                    """)
        case .deadLetterBytes:
            Setting(
                "dead_letter.bytes", .size(1_048_576...17_179_869_184), "256MiB",
                doc: """
                    How much dead_letter.path and its three predecessors take together. Each has \
                    a quarter; the oldest makes room.
                    """)
        case .proxy:
            Setting(
                "proxy", .text,
                doc: """
                    The URL of a proxy, for example http://proxy.example.com:3128. Empty: \
                    none, whatever the environment says. environment: as http_proxy, \
                    https_proxy and no_proxy say.
                    """)
        case .tlsCaFile:
            Setting(
                "tls.ca_file", .text,
                doc: """
                    A PEM file with the certificates to trust in place of the system's.
                    """)
        case .tlsVerify:
            Setting(
                "tls.verify", .flag, "true",
                doc: """
                    Whether the server's certificate and name are checked. false is for \
                    tests only.
                    """)
        case .http2:
            Setting(
                "http2", .flag, "true",
                doc: "Whether HTTP/2 is used when the server offers it over TLS.")
        case .debug:
            Setting(
                "debug", .choices("conn, retry, wire, batch, bisect, auth, spool"),
                runtime: true,
                doc: "The areas whose debug lines go to the log.")
        }
    }

    package static func named(_ name: UnsafeRawBufferPointer) -> SettingKey? {
        allCases.first { ASCII.equal(name, $0.setting.key) }
    }

    /// The key that a mistyped name most likely meant.
    package static func nearest(to name: UnsafeRawBufferPointer) -> SettingKey {
        var best = SettingKey.endpoint
        var bestDistance = Int.max
        for key in allCases {
            let distance = EditDistance.between(name, keyOrLastWord: key.setting.key)
            if distance < bestDistance {
                best = key
                bestDistance = distance
            }
        }
        return best
    }
}
