// SPDX-License-Identifier: Apache-2.0

/// Authorises calls: puts into a call's headers what shows who sends it.
package enum Credentials {
    package static func authorize(
        _ headers: HeaderList, _ proof: Proof?, project: Text?, _ call: SignedCall
    ) throws(DatapanelError) {
        switch proof {
        case .token(let token):
            try headers.add("X-Auth-Token", token, secret: true)
            headers.secret = token
        case .key(let key):
            try call.sign(with: key, project: project, headers)
            headers.secret = key.securityToken
        case nil: return
        }
    }
}
