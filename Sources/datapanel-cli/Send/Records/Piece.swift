// SPDX-License-Identifier: Apache-2.0

/// What a splitter cuts off the front of its input: one object's text, or what stands in its place.
struct Piece: Equatable {
    /// A line's or an element's, from 1.
    let number: Int
    /// Where the text is in the window, without the white space around it.
    let text: Range<Int>
    /// How much of the window is done with.
    let end: Int
    /// Why it cannot be an object, whatever it says.
    var flaw: Flaw?
    /// How much of it was discarded before, ahead of the window.
    var discarded = 0
    /// The input ends within it, or right behind it: there may be more of it one day.
    var isOpenEnded = false

    enum Flaw: Equatable {
        /// Above the limit, with the white space around it; so many bytes were passed over.
        case tooLong(bytes: Int)
        /// The input ends in the middle of an array.
        case arrayCutOff
        /// Something stands behind the end of an array; the rest is not looked at.
        case afterArray
    }
}

/// What a splitter makes of the window it is shown: the unread part of its input. As soon as
/// something is cut off or discarded, the next window begins behind that.
enum Split: Equatable {
    case piece(Piece)
    /// Nothing of use; so many bytes are done with.
    case discard(Int)
    /// The window has to grow.
    case more
    case end
}

/// The JSON white space around a text does not belong to it.
func trimmed(_ range: Range<Int>, in window: UnsafeRawBufferPointer) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
    var low = range.lowerBound
    var high = range.upperBound
    while low < high, isSpace(window[low]) { low += 1 }
    while high > low, isSpace(window[high - 1]) { high -= 1 }
    return low..<high
}
