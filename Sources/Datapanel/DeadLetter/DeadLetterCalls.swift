// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What of the system a file of dead letters is written with, so that tests can have a disk that
/// is full or fails.
struct DeadLetterCalls {
    var write: (Int32, UnsafeRawBufferPointer) -> Int = { file, bytes in
        dpx_add(file, bytes.baseAddress, bytes.count)
    }
    var sync: (Int32) -> Int32 = { fdatasync($0) }
}
