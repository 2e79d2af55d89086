// SPDX-License-Identifier: Apache-2.0

/// Every setting as data: what bindings check their arguments against.
package enum ConfigDescription {
    /// A JSON array with an object for each setting.
    package static func json() throws(DatapanelError) -> OwnedText {
        var bytes = Bytes()
        try bytes.append("[")
        for key in SettingKey.allCases {
            if key.rawValue > 0 { try bytes.append(",") }
            try describe(key).write(to: &bytes)
        }
        try bytes.append("]")
        return try bytes.take()
    }

    private static func describe(_ key: SettingKey) throws(DatapanelError) -> ObjectBuilder {
        let setting = key.setting
        let object = try ObjectBuilder()
        try object.set("key", string: cString(setting.key))
        try object.set("type", string: cString(setting.typeName))
        try object.set("default", string: cString(setting.fallback))
        try setText(object, "range", setting.range)
        switch setting.kind {
        case .duration(let bounds), .count(let bounds), .size(let bounds):
            try object.set("min", integer: bounds.lowerBound)
            try object.set("max", integer: bounds.upperBound)
        case .choice(let words), .choices(let words):
            for word in Words(words) { try setText(object, "choices[+]", try Text(word)) }
        case .text, .secret, .endpoint, .reference, .flag:
            break
        }
        try object.set("runtime", bool: setting.isRuntime)
        try object.set("secret", bool: setting.isSecret)
        try setText(object, "environment", Environment.variable(key))
        try object.set("doc", string: cString(setting.doc))
        return object
    }

    private static func setText(
        _ object: ObjectBuilder, _ path: StaticString, _ value: Text
    ) throws(DatapanelError) {
        defer { withExtendedLifetime(value) {} }
        try object.set(cString(path), string: value.pointer)
    }

    private static func cString(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
