// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The variables and files that the vendor's own tools read.
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

    enum Found {
        case file(TextFile, path: Text)
        /// `isOdd` when there is something that cannot be read.
        case nothing(reason: Text, isOdd: Bool)
    }

    /// The file that a variable names, which has to be there, or else one in `~/.huaweicloud`. That
    /// may be another user's, and is passed over where it cannot be read.
    func file(named variable: Text, orAtHome name: StaticString) throws(DatapanelError) -> Found {
        if let path = self[variable] {
            if let file = try TextFile(ifThere: path) { return .file(file, path: path) }
            throw DatapanelError(
                .file, "\(variable): there is no file \(TextFile.shown(path))"
            ).with(.key, variable)
        }
        guard let home = self["HOME"] else {
            return .nothing(reason: "HOME is not set, where \(name) would be", isOdd: false)
        }
        let path: Text = "\(home)/.huaweicloud/\(name)"
        do throws(DatapanelError) {
            if let file = try TextFile(ifThere: path) { return .file(file, path: path) }
            return .nothing(reason: "there is no file \(TextFile.shown(path))", isOdd: false)
        } catch {
            guard error.code == .file else { throw error }
            return .nothing(reason: error.message, isOdd: true)
        }
    }
}
