// SPDX-License-Identifier: Apache-2.0

/// Authorises calls: puts into a call's headers what shows who sends it.
package enum Credentials {
    package static func authorize(
        _ headers: inout HeaderList, _ config: Config, _ call: SignedCall, _ token: Text?
    ) throws(DatapanelError) {
        switch config.auth {
        case .token:
            guard let token = config.text(.authToken) else { return }
            try headers.add("X-Auth-Token", token, secret: true)
        case .password:
            guard let token else { return }
            try headers.add("X-Auth-Token", token, secret: true)
        case .aksk:
            try call.sign(with: config.signingKey, project: config.id(.projectId), &headers)
        }
    }
}
