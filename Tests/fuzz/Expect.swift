// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A finding: libFuzzer saves the input that led here.
func expect(_ holds: Bool, _ finding: @autoclosure () -> String) {
    if !holds { fatalError("finding: \(finding())") }
}

/// Holds for every text that the engine makes of foreign bytes: it fits on a line of a log.
func expectPresentable(_ text: Text?, limit: Int = 1_024) {
    guard let text else { return }
    expect(text.count <= limit + "…".utf8.count, "a text of \(text.count) bytes")
    expect(!text.bytes.contains { $0 < 0x20 || $0 == 0x7F }, "a control character in: \(text)")
}

/// What every refusal keeps to.
func expectClear(_ error: DatapanelError, _ codes: Code...) {
    expect(codes.contains(error.code), "the code is \(error.code): \(error.message)")
    expect(error.message.count > 0, "an error without a message")
    expectPresentable(error.message)
    for detail in error.details { expectPresentable(detail.value) }
}

func equal(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    guard let first = one.baseAddress, let second = other.baseAddress else { return true }
    return memcmp(first, second, one.count) == 0
}

/// The text as C takes it. A NUL inside would end it early, so what stands behind one is left out.
func withCString<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
    let count = bytes.firstIndex(of: 0) ?? bytes.count
    // Of just this size, so that a sanitizer sees a look beyond.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 1, alignment: 1)
    defer { copy.deallocate() }
    copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    copy[count] = 0
    return copy.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
}
