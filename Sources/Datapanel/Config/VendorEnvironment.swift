// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The variables that the vendor's own tools read.
package struct VendorEnvironment {
    /// The value of a variable; nil when it is not set.
    private let read: (Text) -> Text?

    package init(_ read: @escaping (Text) -> Text?) {
        self.read = read
    }

    /// That of this process; a program with more rights than its caller has none.
    package static var process: VendorEnvironment {
        VendorEnvironment { name in
            secure_getenv(name.pointer).flatMap { value in
                try? Text(
                    UnsafeRawBufferPointer(start: value, count: strlen(value)), secret: true)
            }
        }
    }

    /// Nil for an empty one, too.
    subscript(name: Text) -> Text? {
        read(name).flatMap { $0.count > 0 ? $0 : nil }
    }
}
