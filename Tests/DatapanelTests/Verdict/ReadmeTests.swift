// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

/// The table in the README under "Errors and retries" is the gist of the verdict table.
struct ReadmeTests {
    private struct Row {
        let happenings: [String]
        let stored, client, producer: String
    }

    private func rows() throws -> [Row] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../README.md")
        let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        let first = try #require(lines.firstIndex { $0.hasPrefix("| what happened |") }) + 2
        return lines[first...].prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.components(separatedBy: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let happenings = cells[1].replacing("; ", with: ", ").components(separatedBy: ", ")
            return Row(
                happenings: happenings, stored: cells[2], client: cells[3], producer: cells[4])
        }
    }

    /// How the README calls it; nil for what does not come of an attempt.
    private func name(_ situation: Situation) -> String? {
        switch situation {
        case .resolveFailed: "no address"
        case .connectFailed: "no connection"
        case .handshakeFailed: "no TLS handshake"
        case .sendBroken: "upload broke off"
        case .certificateRefused: "certificate refused"
        case .proxyRefused: "proxy refused"
        case .noReply, .replyTimeout: "silence after the whole body"
        case .noMemory, .cancelled, .expired: nil
        case .stored: "200 with an id for every object"
        case .itemWithoutId, .wrongLength, .replyUnusable:
            "200 with a reply that does not fit the request"
        case .errorInSuccess, .pageInSuccess: "200 with an error or a page in place of a reply"
        case .redirect: "redirect"
        case .badRequest: "400"
        case .unauthorized: "401"
        case .forbidden: "403"
        case .wrongEndpoint: "404"
        case .requestTimeout: "408"
        case .conflict: "409"
        case .tooLarge: "413"
        case .unprocessable: "422"
        case .throttledFor, .throttled: "429"
        case .headersTooLarge: "431"
        case .otherClientError: "other 4xx"
        case .serverError: "500"
        case .badGateway: "502"
        case .unavailableFor: "503 with `Retry-After`"
        case .unavailable: "503"
        case .otherServerError: "other 5xx"
        }
    }

    /// What a row has to say of the client, and of a producer.
    private func words(_ next: Verdict.Next) -> (client: String, producer: [String]) {
        switch next {
        case .deliver: ("ends well", ["reports it"])
        case .retry, .hold: ("tries again", ["tries again"])
        case .renew, .block: ("ends", ["keeps the objects", "probes"])
        case .split: ("ends", ["halves", "at fault"])
        case .halve: ("ends", ["halves", "smaller"])
        case .ambiguous: ("ends", ["ambiguous.policy", "tries again", "marks", "reports"])
        case .unconfirmed: ("ends", ["reports it", "never sends it again"])
        case .unconfirmedAndBlock: ("ends", ["reports it", "never sends it again", "probes"])
        case .fail: ("ends", [])
        }
    }

    @Test func everyRowSaysWhatTheTableSays() throws {
        let rows = try rows()
        var named: Set<String> = []
        for situation in Situation.allCases {
            guard let name = name(situation) else { continue }
            named.insert(name)
            let found = rows.filter { $0.happenings.contains(name) }
            try #require(found.count == 1, "\(name) stands in \(found.count) rows")
            let verdict = situation.verdict
            #expect(found[0].stored == "\(verdict.stored.name)")
            let words = words(verdict.next)
            #expect(
                found[0].client.contains(words.client),
                "\(name) is \(verdict.next.name) to the client")
            #expect(found[0].client.contains("tries again") == (words.client == "tries again"))
            for word in words.producer {
                #expect(found[0].producer.contains(word), "\(name) is \(verdict.next.name)")
            }
        }
        // 504 is a row of its own to a reader, not to the table.
        #expect(Set(rows.flatMap(\.happenings)) == named.union(["504"]))
    }
}
