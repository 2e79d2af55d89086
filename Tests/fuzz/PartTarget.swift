// SPDX-License-Identifier: Apache-2.0
import CPosix

/// `PathPart`: a part that is taken stays one part of the URL, whatever is in it, and can be
/// decoded to what it was.
enum PartTarget {
    static func check(_ part: UnsafeRawBufferPointer) -> Bool {
        if let flaw = PathPart.flaw(part) {
            expectPresentable(flaw)
            return false
        }
        var encoded = Bytes()
        do throws(DatapanelError) {
            try PathPart.encode(part, into: &encoded)
        } catch {
            fatalError("finding: \(error.message)")
        }
        let plain = "-._~%".utf8
        for byte in encoded.view {
            let isPlain = ASCII.isLetter(byte) || ASCII.isDigit(byte) || plain.contains(byte)
            expect(isPlain, "byte \(byte) in a part of a URL")
        }
        expect(decoded(encoded.view) == Array(part), "the part is another when decoded")
        checkURL(part, encoded.view)
        return true
    }

    private static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = 0
        while at < text.count {
            if text[at] == UInt8(ascii: "%"), at + 2 < text.count,
                let high = ASCII.hexValue(text[at + 1]), let low = ASCII.hexValue(text[at + 2])
            {
                bytes.append(high << 4 | low)
                at += 3
            } else {
                bytes.append(text[at])
                at += 1
            }
        }
        return bytes
    }

    private static func config() throws(DatapanelError) -> Config {
        let id: Text = "x"
        var config = Config()
        try config.set(.projectId, id.bytes)
        try config.set(.workspaceId, id.bytes)
        return config
    }

    private static func checkURL(
        _ part: UnsafeRawBufferPointer, _ encoded: UnsafeRawBufferPointer
    ) {
        do throws(DatapanelError) {
            let url = try TargetURL.make(config(), part)
            let wanted =
                "/v1/x/workspaces/x/soc/datapanel/" + String(decoding: encoded, as: UTF8.self)
                + "/data-objects/batch-create"
            expect(String(cString: url.pointer) == wanted, "another URL")
        } catch {
            expect(false, "no URL: \(error.message)")
        }
    }
}
