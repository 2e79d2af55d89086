// SPDX-License-Identifier: Apache-2.0

/// Where lines of the log go. Silent unless the host program gives a function.
package struct Log: @unchecked Sendable {
    package typealias Function =
        @convention(c) (
            Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
        ) -> Void

    /// As in syslog.
    package enum Level: Int32 {
        case error = 3
        case warning = 4
        case information = 6
        case debug = 7
    }

    /// What a line is about. The order is that of the setting "debug".
    package enum Area: Int64, CaseIterable {
        case conn, retry, wire, batch, bisect, auth, spool

        var name: StaticString {
            switch self {
            case .conn: "conn"
            case .retry: "retry"
            case .wire: "wire"
            case .batch: "batch"
            case .bisect: "bisect"
            case .auth: "auth"
            case .spool: "spool"
            }
        }
    }

    private let function: Function?
    private let context: UnsafeMutableRawPointer?

    package static let silent = Log(nil, nil)

    package init(_ function: Function?, _ context: UnsafeMutableRawPointer?) {
        self.function = function
        self.context = context
    }

    /// Writes a line; the text is only made when somebody listens. `debugAreas` has a bit for each
    /// area whose debug lines are wanted.
    package func write(
        _ level: Level, _ area: Area, debugAreas: Int64 = 0, _ message: () -> Text
    ) {
        guard let function else { return }
        if level == .debug && debugAreas >> area.rawValue & 1 == 0 { return }
        let name = UnsafeRawPointer(area.name.utf8Start).assumingMemoryBound(to: CChar.self)
        let text = message()
        function(level.rawValue, name, text.pointer, context)
    }
}
