// SPDX-License-Identifier: Apache-2.0

/// `SettingValue` with all that it checks by: times, sizes, words, endpoints, parts of a path. The
/// first byte of an input says which setting, the rest is its value; from 128 on the rest is the
/// name of a setting that there may not be.
enum SettingTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        guard let first = input.first else { return false }
        let key = SettingKey.allCases[Int(first) % SettingKey.allCases.count]
        let bytes = UnsafeRawBufferPointer(rebasing: input[1...])
        if first >= 0x80 { return checkName(bytes) }
        expectPresentable(EndpointSyntax.flaw(bytes))
        do throws(DatapanelError) {
            check(try SettingValue(key.setting, bytes), key.setting, bytes)
            return true
        } catch {
            expectClear(error, .config)
            expect(
                error[.key]?.description == "\(key.setting.key)", "an error that names another key")
            if key.setting.isSecret { checkSilence(error, "\(key.setting.key)") }
            return false
        }
    }

    private static func checkName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let key = SettingKey.named(name) else {
            expectClear(Config.unknown(name), .config)
            return false
        }
        expect(SettingKey.nearest(to: name) == key, "\(key) is not nearest to itself")
        return true
    }

    private static func check(
        _ value: SettingValue, _ setting: Setting, _ bytes: UnsafeRawBufferPointer
    ) {
        expect(equal(value.text.bytes, bytes), "the text is not the one that was given")
        expect(value.text.pointer[value.text.count] == 0, "the text does not end")
        let isUnset = bytes.count == 0
        switch setting.kind {
        case .text, .secret, .endpoint, .reference:
            expect(value.number == 0, "\(setting.key) has a number")
        case .flag:
            expect((0...1).contains(value.number), "a flag of \(value.number)")
        case .choice(let words):
            expect(
                isUnset || bytes.elementsEqual(Array(Words(words))[Int(value.number)]),
                "another word")
        case .choices(let words):
            expect(
                (0..<(1 << Array(Words(words)).count)).contains(Int(value.number)),
                "a word too many")
        case .duration(let bounds):
            expect(bounds.contains(value.number), "a time of \(value.number) ms")
            let text = Duration.text(value.number)
            expect(number(text, Duration.parse) == value.number, "\(text) is another time")
        case .count(let bounds):
            expect(bounds.contains(value.number), "a count of \(value.number)")
        case .size(let bounds):
            expect(bounds.contains(value.number), "a size of \(value.number) bytes")
            let text = Size.text(value.number)
            expect(number(text, Size.parse) == value.number, "\(text) is another size")
        }
    }

    private static func number(
        _ text: Text, _ parse: (UnsafeRawBufferPointer) -> Int64?
    ) -> Int64? {
        parse(text.bytes)
    }

    /// The message does not depend on the secret: it is one of two.
    private static func checkSilence(_ error: DatapanelError, _ key: String) {
        let messages = [
            "\(key): the value has a control character, such as a line end",
            "\(key): the value is not valid UTF-8",
        ]
        expect(messages.contains("\(error.message)"), "tells of a secret: \(error.message)")
    }
}
