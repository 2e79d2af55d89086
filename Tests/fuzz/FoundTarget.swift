// SPDX-License-Identifier: Apache-2.0

/// What tells where credentials and services are: the profile file, the file of regions, the
/// answers of a metadata service. The first byte of an input says which it is.
enum FoundTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        guard let first = input.first else { return false }
        let text = UnsafeRawBufferPointer(rebasing: input[1...])
        switch first % 3 {
        case 0: return checkProfile(text)
        case 1: return checkRegions(text)
        default: return checkMetadata(text)
        }
    }

    private static func checkProfile(_ text: UnsafeRawBufferPointer) -> Bool {
        do throws(DatapanelError) {
            guard let keys = try ProfileFile.parse(text, "fuzz") else { return false }
            for (key, value) in keys.settings {
                expect(value.count > 0, "\(key) is empty")
                expect(!value.bytes.contains(UInt8(ascii: "\n")), "\(key) has a line end")
            }
            return !keys.settings.isEmpty
        } catch {
            expectClear(error, .config)
            expect("\(error.message)".hasPrefix("fuzz, line "), "no line in: \(error.message)")
            return false
        }
    }

    private static func checkRegions(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let endpoint = try? RegionsFile.endpoint(of: "r", in: text) else { return false }
        expect(!endpoint.bytes.contains(UInt8(ascii: "\n")), "an address with a line end")
        return true
    }

    /// An answer to both questions, one after the other.
    private static func checkMetadata(_ text: UnsafeRawBufferPointer) -> Bool {
        var dialogue = MetadataDialogue()
        for status: Int32 in [200, 404, 200, 401] {
            let exchange = Exchange()
            exchange.status = status
            try? exchange.reply.append(text)
            guard case .keys(let key, let life) = dialogue.take(exchange, now: 1_767_225_600) else {
                continue
            }
            expect(life > 0, "keys that have ended")
            for part in [key.access, key.secret, key.securityToken ?? ""] {
                expect(ASCII.isVisible(part.bytes), "keys that no header can carry")
            }
            return true
        }
        return false
    }
}
