// SPDX-License-Identifier: Apache-2.0

/// A pair of keys that signs calls.
package struct AccessKey: Sendable {
    /// Names the pair; it is no secret.
    package let access: Text
    package let secret: Text
    /// Goes with temporary keys.
    package let securityToken: Text?

    package init(access: Text, secret: Text, securityToken: Text?) {
        self.access = access
        self.secret = secret
        self.securityToken = securityToken
    }
}
