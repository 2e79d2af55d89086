// SPDX-License-Identifier: Apache-2.0
import Datapanel

/// The lines of a log.
final class LogLines {
    private(set) var all: [String] = []
    private(set) var warnings: [String] = []

    var log: Log {
        Log(
            { level, _, message, context in
                guard let message, let context else { return }
                let lines = Unmanaged<LogLines>.fromOpaque(context).takeUnretainedValue()
                let text = String(cString: message)
                lines.all.append(text)
                if level == Log.Level.warning.rawValue { lines.warnings.append(text) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
