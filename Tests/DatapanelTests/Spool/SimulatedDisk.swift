// SPDX-License-Identifier: Apache-2.0
import CPosix

@testable import Datapanel

/// A disk that keeps a trace of all that was asked of it, fails when it is told to, and can be
/// looked at as it would be after the process or the power was gone at any step.
final class SimulatedDisk: SpoolDisk {
    enum Step {
        case create(UInt64, Int)
        case write(Int, at: Int, [UInt8])
        case sync(Int)
        case syncFolder
        case rename(UInt64, UInt64)
        case remove(UInt64)
    }

    /// What is in a file, and under which names files are there.
    struct Contents {
        var files: [Int: [UInt8]] = [:]
        var names: [UInt64: Int] = [:]

        mutating func apply(_ step: Step) {
            switch step {
            case .create(let name, let file):
                names[name] = file
                files[file] = files[file] ?? []
            case .write(let file, let offset, let bytes):
                var content = files[file] ?? []
                let end = offset + bytes.count
                if content.count < end {
                    content += [UInt8](repeating: 0, count: end - content.count)
                }
                content.replaceSubrange(offset..<end, with: bytes)
                files[file] = content
            case .rename(let old, let new):
                names[new] = names.removeValue(forKey: old)
            case .remove(let name):
                names[name] = nil
            case .sync, .syncFolder:
                break
            }
        }
    }

    private(set) var trace: [Step] = []
    private(set) var contents: Contents
    /// Which call fails, counted from 0, and how; nil for none.
    var failing: (call: Int, reason: Int32, forGood: Bool)?
    private(set) var calls = 0
    private(set) var openFiles = 0

    init(_ contents: Contents = Contents()) {
        self.contents = contents
    }

    private func step(_ action: StaticString, _ steps: [Step] = []) throws(SpoolFault) {
        defer { calls += 1 }
        if let failing, calls == failing.call || failing.forGood && calls > failing.call {
            // Half of what was to be written is there.
            if case .write(let file, let offset, let bytes)? = steps.first {
                note(.write(file, at: offset, Array(bytes.prefix(bytes.count / 2))))
            }
            throw SpoolFault(action: action, reason: failing.reason)
        }
        for step in steps { note(step) }
    }

    private func note(_ step: Step) {
        trace.append(step)
        contents.apply(step)
    }

    func segments() throws(SpoolFault) -> [UInt64] {
        try step("look")
        return contents.names.keys.sorted(by: >)
    }

    func open(_ number: UInt64, isNew: Bool) throws(SpoolFault) -> Int32 {
        if let file = contents.names[number] {
            try step("open")
            openFiles += 1
            return Int32(file)
        }
        let file = (contents.files.keys.max() ?? 0) + 1
        try step("open", [.create(number, file)])
        openFiles += 1
        return Int32(file)
    }

    func close(_ file: Int32) { openFiles -= 1 }

    func reserve(_ file: Int32, _ count: Int) throws(SpoolFault) { try step("reserve") }

    func write(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SpoolFault) {
        try step("write", [.write(Int(file), at: offset, Array(bytes))])
    }

    func hold(_ file: Int32) throws(SpoolFault) -> Int32 {
        try step("hold")
        openFiles += 1
        return file
    }

    func count(_ file: Int32) throws(SpoolFault) -> Int {
        contents.files[Int(file)]?.count ?? 0
    }

    func read(
        _ file: Int32, _ range: Range<Int>, to bytes: inout Bytes
    ) throws(SpoolFault) {
        try step("read")
        do throws(DatapanelError) {
            let content = contents.files[Int(file)] ?? []
            for byte in content[range.clamped(to: 0..<content.count)] { try bytes.append(byte) }
        } catch {
            throw .noMemory
        }
    }

    func sync(_ file: Int32) throws(SpoolFault) { try step("sync", [.sync(Int(file))]) }

    func syncFolder() throws(SpoolFault) { try step("sync", [.syncFolder]) }

    /// Somebody removes all files: what is open of them can still be used.
    func loseFiles() { contents.names = [:] }

    func rename(_ number: UInt64, to other: UInt64) throws(SpoolFault) {
        if contents.names[number] == nil { throw SpoolFault(action: "rename", reason: ENOENT) }
        try step("rename", [.rename(number, other)])
    }

    func remove(_ number: UInt64) throws(SpoolFault) { try step("remove", [.remove(number)]) }

    // MARK: looking back

    /// After the process was gone: all that it had asked for is there.
    static func killed(_ trace: ArraySlice<Step>) -> Contents {
        var contents = Contents()
        for step in trace { contents.apply(step) }
        return contents
    }

    /// After the power was gone: of what no sync covers, any sectors and the first names.
    static func unpowered(_ trace: ArraySlice<Step>, _ dice: inout SeededDice) -> Contents {
        var lastSync: [Int: Int] = [:]
        var lastFolderSync = trace.startIndex
        for index in trace.indices {
            switch trace[index] {
            case .sync(let file): lastSync[file] = index
            case .syncFolder: lastFolderSync = index
            default: break
            }
        }
        let named = trace.indices.filter { index in
            switch trace[index] {
            case .create, .rename, .remove: index > lastFolderSync
            default: false
            }
        }
        let kept = Set(named.prefix(Int.random(in: 0...named.count, using: &dice)))
        var contents = Contents()
        for index in trace.indices {
            switch trace[index] {
            case .write(let file, let offset, let bytes) where index > lastSync[file] ?? -1:
                var at = offset
                while at < offset + bytes.count {
                    let end = min(offset + bytes.count, (at / 512 + 1) * 512)
                    if Bool.random(using: &dice) {
                        contents.apply(
                            .write(file, at: at, Array(bytes[(at - offset)..<(end - offset)])))
                    }
                    at = end
                }
            case .create, .rename, .remove:
                if index <= lastFolderSync || kept.contains(index) { contents.apply(trace[index]) }
            default:
                contents.apply(trace[index])
            }
        }
        return contents
    }
}
