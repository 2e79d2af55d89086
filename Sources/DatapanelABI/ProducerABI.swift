// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

@_cdecl("dp_producer_new") @implementation
public func dp_producer_new(_ config: OpaquePointer?, _ error_out: ErrorOut?) -> OpaquePointer? {
    handle(
        made(error_out) { () throws(DatapanelError) in
            try Producer.make(needed(config, ConfigHandle.self, "config").config)
        })
}

@_cdecl("dp_producer_send") @implementation
public func dp_producer_send(
    _ producer: OpaquePointer?, _ target: UnsafePointer<CChar>?, _ json: UnsafePointer<CChar>?,
    _ len: Int, _ opaque: UnsafeMutableRawPointer?, _ timeout_ms: Int32,
    _ ticket_out: UnsafeMutablePointer<UInt64>?, _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        let ticket = try producer.send(
            text(target, "target"), text(json, len, "json"), opaque: opaque,
            timeout: milliseconds(timeout_ms))
        ticket_out?.pointee = ticket
    }
}

@_cdecl("dp_producer_send_many") @implementation
public func dp_producer_send_many(
    _ producer: OpaquePointer?, _ target: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?,
    _ len: Int, _ opaque: UnsafeMutableRawPointer?, _ timeout_ms: Int32,
    _ first_ticket_out: UnsafeMutablePointer<UInt64>?, _ count_out: UnsafeMutablePointer<Int>?,
    _ error_out: ErrorOut?
) -> dp_code {
    var count = 0
    defer { count_out?.pointee = count }
    return status(error_out) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        let bytes = try DatapanelABI.text(text, len, "text")
        try producer.sendMany(
            DatapanelABI.text(target, "target"), bytes, opaque: opaque,
            timeout: milliseconds(timeout_ms)
        ) { ticket in
            if count == 0 { first_ticket_out?.pointee = ticket }
            count += 1
        }
    }
}

@_cdecl("dp_producer_poll") @implementation
public func dp_producer_poll(
    _ producer: OpaquePointer?, _ timeout_ms: Int32, _ max: Int,
    _ reports_out: UnsafeMutablePointer<OpaquePointer?>?
) -> dp_code {
    reports_out?.pointee = nil
    return status(nil) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        let out = try needed(reports_out, "reports_out")
        let count = try producer.reportCount(
            max > 0 ? max : .max, timeout: milliseconds(timeout_ms))
        // The memory first: what is collected cannot be put back.
        let reports = try ReportsHandle(capacity: count)
        reports.fill(producer.collect(count))
        if reports.count > 0 { out.pointee = handle(reports) }
    }
}

@_cdecl("dp_producer_event_fd") @implementation
public func dp_producer_event_fd(_ producer: OpaquePointer?) -> Int32 {
    object(producer, Producer.self)?.eventDescriptor ?? -1
}

@_cdecl("dp_producer_flush") @implementation
public func dp_producer_flush(
    _ producer: OpaquePointer?, _ timeout_ms: Int32, _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        try producer.flush(timeout: milliseconds(timeout_ms))
    }
}

@_cdecl("dp_producer_set") @implementation
public func dp_producer_set(
    _ producer: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
    _ error_out: ErrorOut?
) -> dp_code {
    status(error_out) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        try producer.set(text(key, "key"), text(value, "value"))
    }
}

@_cdecl("dp_producer_queued") @implementation
public func dp_producer_queued(
    _ producer: OpaquePointer?, _ objects_out: UnsafeMutablePointer<Int>?,
    _ bytes_out: UnsafeMutablePointer<Int>?
) -> dp_code {
    status(nil) { () throws(DatapanelError) in
        let queued = try needed(producer, Producer.self, "producer").queued()
        objects_out?.pointee = queued.objects
        bytes_out?.pointee = queued.bytes
    }
}

@_cdecl("dp_producer_pause") @implementation
public func dp_producer_pause(
    _ producer: OpaquePointer?, _ target: UnsafePointer<CChar>?, _ on: Int32
) -> dp_code {
    status(nil) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        try producer.pause(optionalText(target), on != 0)
    }
}

@_cdecl("dp_producer_purge") @implementation
public func dp_producer_purge(
    _ producer: OpaquePointer?, _ target: UnsafePointer<CChar>?,
    _ count_out: UnsafeMutablePointer<Int>?
) -> dp_code {
    status(nil) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        let count = try producer.purge(optionalText(target))
        count_out?.pointee = count
    }
}

@_cdecl("dp_producer_stats") @implementation
public func dp_producer_stats(
    _ producer: OpaquePointer?, _ format: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    made(nil) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        let name = try text(format ?? constant("json"), "format")
        return try producer.stats(StatsFormat.named(name)).pointer
    }
}

@_cdecl("dp_producer_close") @implementation
public func dp_producer_close(
    _ producer: OpaquePointer?, _ timeout_ms: Int32,
    _ left_out: UnsafeMutablePointer<OpaquePointer?>?, _ error_out: ErrorOut?
) -> dp_code {
    left_out?.pointee = nil
    return status(error_out) { () throws(DatapanelError) in
        let producer = try needed(producer, Producer.self, "producer")
        var reports: ReportsHandle?
        let left = try producer.close(timeout: milliseconds(timeout_ms)) {
            count throws(DatapanelError) in
            // The memory first: what is left at the end cannot be put back.
            if left_out != nil { reports = try ReportsHandle(capacity: count) }
        }
        let count = left.reduce(0) { $0 + $1.positions.count }
        guard count > 0 else { return }
        reports?.fill(left)
        left_out?.pointee = handle(reports)
        throw DatapanelError(.cancelled, "\(count) objects have no outcome; they are handed back")
    }
}

@_cdecl("dp_producer_free") @implementation
public func dp_producer_free(_ producer: OpaquePointer?) {
    guard let object = object(producer, Producer.self) else { return }
    // In a forked child everything stays as it is: thread, locks and connections are the parent's.
    if object.isForked { return }
    object.abandon()
    release(producer, Producer.self)
}
