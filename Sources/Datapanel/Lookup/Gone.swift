// SPDX-License-Identifier: Apache-2.0

/// How the service says that an id of a request's path is that of nothing: as it documents it, or
/// by the status that a route without its data class has.
enum Gone {
    private static let codes: [StaticString] = [
        // The data class.
        "SecMaster.20030022", "SecMaster.20040402",
        // The workspace.
        "SecMaster.20010001", "SecMaster.20041001",
    ]

    static func tells(_ status: Int32, _ serverCode: Text?) -> Bool {
        if status == 404 { return true }
        guard let serverCode else { return false }
        return codes.contains { ASCII.equal(serverCode.bytes, $0) }
    }
}
