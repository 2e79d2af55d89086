// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// Times as IAM and the metadata service write them: `2025-11-09T01:42:57.527363Z`.
enum IssuedTime {
    /// Seconds of Unix time, without the fraction; nil for another spelling.
    static func seconds(_ value: UnsafeMutablePointer<json_t>?) -> Int64? {
        var parts = tm()
        guard let text = json_string_value(value),
            let rest = dpx_read_time(text, "%Y-%m-%dT%H:%M:%S", &parts)
        else { return nil }
        var at = rest
        if at.pointee == CChar(bitPattern: UInt8(ascii: ".")) {
            repeat { at += 1 } while ASCII.isDigit(UInt8(bitPattern: at.pointee))
        }
        guard strcmp(at, "Z") == 0 else { return nil }
        return Int64(timegm(&parts))
    }
}
