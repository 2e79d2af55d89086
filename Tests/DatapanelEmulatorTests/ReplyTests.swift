// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import DatapanelEmulator

struct ReplyTests {
    private func text(
        _ reply: Reply, closing: Bool = false, bodyLimit: Int? = nil
    ) -> String {
        String(
            buffer: reply.encoded(
                requestId: "id-1", date: "now", closing: closing, bodyLimit: bodyLimit))
    }

    @Test func isOneBufferWithEverything() {
        #expect(
            text(Reply(body: Array("[]".utf8))) == """
                HTTP/1.1 200 OK\r
                Content-Type: application/json\r
                X-request-id: id-1\r
                Date: now\r
                Content-Length: 2\r
                \r
                []
                """)
    }

    @Test func ownHeadersTakeThePlaceOfTheUsualOnes() {
        let headers = [
            Header("x-request-ID", "mine"), Header("content-type", "text/html"),
            Header("DATE", "then"),
        ]
        #expect(
            text(Reply(status: 502, headers: headers, body: []), closing: true) == """
                HTTP/1.1 502 Bad Gateway\r
                x-request-ID: mine\r
                content-type: text/html\r
                DATE: then\r
                Connection: close\r
                Content-Length: 0\r
                \r\n
                """)
    }

    @Test func promisesTheWholeBodyEvenWhenItIsCut() {
        let cut = text(Reply(body: Array("[1,2,3]".utf8)), bodyLimit: 3)
        #expect(cut.contains("Content-Length: 7\r\n") && cut.hasSuffix("\r\n\r\n[1,"))
    }

    @Test(arguments: [204, 304]) func someStatusesHaveNoBody(status: Int) {
        let reply = text(Reply(status: status, body: Array("[]".utf8)))
        #expect(!reply.contains("Content-Length") && reply.hasSuffix("\r\n\r\n"))
    }
}

struct RefusalTests {
    @Test func theGatewayAndTheServiceHaveTheirOwnShapes() {
        let gateway = Refusal.noToken.reply(requestId: "r")
        #expect(gateway.status == 401)
        #expect(
            String(decoding: gateway.body, as: UTF8.self)
                == #"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication "#
                + #"information: x-auth-token not found","request_id":"r"}"#)
        let service = Refusal.parameter("a \"quoted\"\n text").reply(requestId: "r")
        #expect(service.status == 400)
        #expect(
            String(decoding: service.body, as: UTF8.self)
                == #"{"code":"SecMaster.20030001","message":"Invalid parameter: "#
                + #"a \"quoted\"\u000a text"}"#)
    }

    @Test(arguments: 200...599) func everyScriptedStatusHasABody(status: Int) {
        #expect(Refusal.documented(status: status).status == status)
        #expect(Refusal.documentedByIdentity(status: status).status == status)
    }
}
