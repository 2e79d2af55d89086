// SPDX-License-Identifier: Apache-2.0

/// The library's version; the header's `DP_VERSION` says the same.
package let version: StaticString = "0.1.0"
