// SPDX-License-Identifier: Apache-2.0
// What Swift's SIMD types cannot say: which of many bytes are of a kind, as one bit each.
#pragma once
#include <stdint.h>
#include <string.h>

// A stop is a byte that is not plain text inside a JSON string: a quote, a backslash, a control
// character, or one of a longer UTF-8 sequence. Bit i of the result stands for byte i.

// Eight bytes, with instructions that every machine has. No step carries into the next byte, so
// the top bit of each byte is right by itself; the product gathers them.
static inline uint64_t dpx_stops8(const uint8_t *bytes) {
    const uint64_t low = 0x7F7F7F7F7F7F7F7F, ones = 0x0101010101010101;
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    uint64_t is_not_quote = ((word ^ ones * '"') & low) + low;
    uint64_t is_not_backslash = ((word ^ ones * '\\') & low) + low;
    uint64_t is_not_control = (word & low) + ones * 0x60;
    uint64_t is_plain = is_not_quote & is_not_backslash & is_not_control & ~word;
    return (~is_plain >> 7 & ones) * 0x0102040810204080 >> 56;
}

static inline uint64_t dpx_stops64_anywhere(const uint8_t *bytes) {
    uint64_t stops = 0;
    for (int at = 0; at < 64; at += 8) stops |= dpx_stops8(bytes + at) << at;
    return stops;
}

#ifdef __SSE2__
typedef signed char dpx_vector __attribute__((vector_size(16)));

// As signed numbers, control characters and all bytes above 0x7F are below 0x20.
static inline uint64_t dpx_stops16(const uint8_t *bytes) {
    dpx_vector vector;
    memcpy(&vector, bytes, sizeof vector);
    dpx_vector stops = (vector == '"') | (vector == '\\') | (vector < 0x20);
    return (uint16_t)__builtin_ia32_pmovmskb128((__attribute__((vector_size(16))) char)stops);
}

__attribute__((always_inline)) static inline uint64_t dpx_stops64(const uint8_t *bytes) {
    return dpx_stops16(bytes) | dpx_stops16(bytes + 16) << 16 | dpx_stops16(bytes + 32) << 32
        | dpx_stops16(bytes + 48) << 48;
}
#else
__attribute__((always_inline)) static inline uint64_t dpx_stops64(const uint8_t *bytes) {
    return dpx_stops64_anywhere(bytes);
}
#endif
