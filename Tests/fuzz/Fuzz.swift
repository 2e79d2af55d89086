// swift-format-ignore-file: AlwaysUseLowerCamelCase

// SPDX-License-Identifier: Apache-2.0
import CLibFuzzer
import CPosix

// What libFuzzer calls. It has the main function, keeps inputs that reach new code, and mutates
// them; which target they go to is said by --target=NAME, an option it leaves alone.

nonisolated(unsafe) private var target = Target.scanner
nonisolated(unsafe) private var inputs = 0
nonisolated(unsafe) private var accepted = 0

@_cdecl("LLVMFuzzerInitialize") @implementation
public func LLVMFuzzerInitialize(
    _ argc: UnsafeMutablePointer<CInt>!,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>!
) -> CInt {
    let option = "--target="
    for index in 0..<Int(argc.pointee) {
        guard let word = argv.pointee?[index] else { continue }
        let argument = String(cString: word)
        guard argument.hasPrefix(option) else { continue }
        let name = String(argument.dropFirst(option.count))
        guard let named = Target(rawValue: name) else {
            let names = Target.allCases.map(\.rawValue).joined(separator: ", ")
            fatalError("there is no target '\(name)'; there are \(names)")
        }
        target = named
    }
    atexit { print("\(target): \(inputs) inputs, \(accepted) accepted") }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput") @implementation
public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>!, _ size: Int) -> CInt {
    inputs += 1
    if target.check(UnsafeRawBufferPointer(start: data, count: size)) { accepted += 1 }
    return 0
}

/// Every other mutation of JSON knows what JSON is.
@_cdecl("LLVMFuzzerCustomMutator") @implementation
public func LLVMFuzzerCustomMutator(
    _ data: UnsafeMutablePointer<UInt8>!, _ size: Int, _ max_size: Int, _ seed: UInt32
) -> Int {
    guard seed % 2 == 0, let first = target.jsonOffset, size >= first else {
        return LLVMFuzzerMutate(data, size, max_size)
    }
    let text = UnsafeRawBufferPointer(start: data + first, count: size - first)
    let mutated = JSONMutator.mutate(text, seed: seed / 2)
    let count = min(mutated.count, max_size - first)
    UnsafeMutableRawBufferPointer(start: data + first, count: count)
        .copyBytes(from: mutated.prefix(count))
    return first + count
}

/// What takes foreign bytes. Each case lies in a file of its own.
enum Target: String, CaseIterable {
    case scanner, reply, error, head, config, setting, builder, part, found, spool, letter

    /// Ends the process when the engine does what it must not; else says whether it took the input.
    func check(_ input: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .scanner: ScannerTarget.check(input)
        case .reply: ReplyTarget.check(input)
        case .error: ErrorTarget.check(input)
        case .head: HeadTarget.check(input)
        case .config: ConfigTarget.check(input)
        case .setting: SettingTarget.check(input)
        case .builder: BuilderTarget.check(input)
        case .part: PartTarget.check(input)
        case .found: FoundTarget.check(input)
        case .spool: SpoolTarget.check(input)
        case .letter: LetterTarget.check(input)
        }
    }

    /// Where in an input JSON begins; nil where there is none.
    var jsonOffset: Int? {
        switch self {
        case .scanner, .error: 0
        case .reply: 1
        case .head, .config, .setting, .builder, .part, .found, .spool, .letter: nil
        }
    }
}
