// SPDX-License-Identifier: Apache-2.0

/// What a program can ask the library for, in place of comparing versions.
package enum Feature: CaseIterable {
    case https, http2, embedded

    package func isNamed(_ text: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .https: ASCII.equal(text, "https")
        case .http2: ASCII.equal(text, "http2")
        case .embedded: ASCII.equal(text, "embedded")
        }
    }

    package var isPresent: Bool {
        switch self {
        case .https: return CurlLibrary.speaksTLS
        case .http2: return CurlLibrary.speaksHTTP2
        case .embedded:
            #if hasFeature(Embedded)
                return true
            #else
                return false
            #endif
        }
    }
}
