// SPDX-License-Identifier: Apache-2.0
import CJansson

/// What of a producer's statistics a run shows; docs/STATISTICS.md describes them all.
struct ProducerFigures: Equatable {
    var attempts = 0
    var retries = 0
    /// Why the target is only probed; nil while it is not.
    var blockedBy: String?

    init() {}

    /// From the statistics as JSON.
    init(json text: UnsafeRawBufferPointer) {
        guard
            let root = json_loadb(
                text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, 0, nil)
        else { return }
        defer { json_decref(root) }
        attempts = Int(json_integer_value(json_object_get(root, "attempts")))
        retries = Int(json_integer_value(json_object_get(root, "retries")))
        let target = json_array_get(json_object_get(root, "targets"), 0)
        blockedBy = json_string_value(json_object_get(target, "blocked_by")).map {
            String(cString: $0)
        }
    }
}
