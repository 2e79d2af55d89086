// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import CPosix
import Datapanel

final class ConfigHandle {
    var config = Config() {
        didSet { lent.append(oldValue) }
    }
    /// Earlier values, whose texts `dp_config_get` may have lent for the life of the handle.
    private var lent: [Config] = []
}

@_cdecl("dp_config_new") @implementation
public func dp_config_new() -> OpaquePointer? {
    handle(ConfigHandle())
}

@_cdecl("dp_config_set") @implementation
public func dp_config_set(
    _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
    _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let config = try needed(config, ConfigHandle.self, "config")
        var changed = config.config
        try changed.set(text(key, "key"), text(value, "value"))
        config.config = changed
    }
}

@_cdecl("dp_config_load") @implementation
public func dp_config_load(
    _ config: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let config = try needed(config, ConfigHandle.self, "config")
        var changed = config.config
        if let path {
            try ConfigFile.load(path, into: &changed)
        } else {
            try Environment.load(into: &changed)
        }
        config.config = changed
    }
}

@_cdecl("dp_config_get") @implementation
public func dp_config_get(
    _ config: OpaquePointer?, _ key: UnsafePointer<CChar>?
) -> UnsafePointer<CChar>? {
    guard let config = object(config, ConfigHandle.self), let key else { return nil }
    let name = UnsafeRawBufferPointer(start: key, count: strlen(key))
    return SettingKey.named(name).map { config.config.shown($0) }
}

@_cdecl("dp_config_describe") @implementation
public func dp_config_describe() -> UnsafeMutablePointer<CChar>? {
    made(nil) { () throws(DatapanelError) in
        try ConfigDescription.json().pointer
    }
}

@_cdecl("dp_config_set_log") @implementation
public func dp_config_set_log(
    _ config: OpaquePointer?, _ log: dp_log_fn?, _ context: UnsafeMutableRawPointer?
) -> dp_code {
    status(nil) { () throws(DatapanelError) in
        try needed(config, ConfigHandle.self, "config").config.log = Log(log, context)
    }
}

@_cdecl("dp_config_free") @implementation
public func dp_config_free(_ config: OpaquePointer?) {
    release(config, ConfigHandle.self)
}
