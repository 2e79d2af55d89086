// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct RegionsFileTests {
    private func endpoint(_ text: String, of region: String = "cn-north-4") throws -> String? {
        try withBytes(text) { try RegionsFile.endpoint(of: "\(region)", in: $0) }?.description
    }

    private static let spellings = [
        #"SECMASTER: [{id: cn-north-4, endpoint: "https://a.test"}]"#,
        """
        SECMASTER:
          - id: 'cn-north-4'
            endpoint: 'https://a.test'
        """,
        """
        SECMASTER:
        - endpoint: https://a.test
          id: cn-north-4
        """,
        """
        # mine
        ECS:
          - id: cn-north-4
            endpoint: https://no.test
        SecMaster:
          - id: x
            endpoint: https://x.test
          - id: cn-north-4 # here
            endpoint: https://a.test
        """,
        """
        "SECMASTER": x
        SECMASTER:
          - id: other
          - {endpoint: https://a.test, id: cn-north-4}
        """,
        #"SECMASTER: [{id: x}, {"endpoint": "https://a.test", "id": "cn-north-4"}]"#,
        """
        SECMASTER:
          - id: cn-north-4
            endpoint: "https://a.test,https://b.test"
        """,
    ]

    @Test(arguments: spellings + spellings.map { $0.replacing("\n", with: "\r\n") })
    func aRegionIsFoundInEverySpelling(_ text: String) throws {
        #expect(try endpoint(text) == "https://a.test")
    }

    @Test(arguments: [
        "", "SECMASTER:", "SECMASTER: [", "id: cn-north-4\nendpoint: https://a.test",
        "ECS:\n  - id: cn-north-4\n    endpoint: https://a.test", "SECMASTER: [{id: cn-north-4}]",
        "SECMASTER:\n  - id: cn-north-4\n  - endpoint: https://a.test\n",
        "SECMASTER: [{id: cn-north-4}, {endpoint: https://a.test}]",
        "SECMASTER:\n  - id: cn-north-40\n    endpoint: https://a.test\n",
        "SECMASTER:\nECS:\n  - id: cn-north-4\n    endpoint: https://a.test\n",
        "SECMASTER:\n  - id: cn-north-4\n    # endpoint: https://a.test\n", "::::\n---\n{{{}}}\n",
    ])
    func whatDoesNotTellOfTheRegionIsNothing(_ text: String) throws {
        #expect(try endpoint(text) == nil)
    }
}
