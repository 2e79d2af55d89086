// SPDX-License-Identifier: Apache-2.0
// Instructions of the machine that Swift has no word for: which of many bytes are of a kind, as
// one bit each, and a checksum.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

typedef signed char dpx_bytes64 __attribute__((ext_vector_type(64)));
typedef bool dpx_bools64 __attribute__((ext_vector_type(64)));
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first bool is the lowest bit");

// A stop is a byte that is not plain text inside a JSON string: a quote, a backslash, a control
// character, or one of a longer UTF-8 sequence. Bit i of the result stands for byte i.
__attribute__((always_inline)) static inline uint64_t dpx_stops64(const uint8_t *text) {
    dpx_bytes64 bytes;
    memcpy(&bytes, text, sizeof bytes);
    // As signed numbers, control characters and all bytes above 0x7F are below 0x20.
    dpx_bools64 stops = __builtin_convertvector(
        (bytes == '"') | (bytes == '\\') | (bytes < 0x20), dpx_bools64);
    uint64_t bits;
    memcpy(&bits, &stops, sizeof bits);
    return bits;
}

// CRC-32C (Castagnoli), one step: `crc` is what the bytes before came to, inverted, as is the
// result.

// Half a byte at a time, with instructions that every machine has.
static inline uint32_t dpx_crc32c_anywhere(uint32_t crc, const uint8_t *bytes, size_t count) {
    static const uint32_t table[16] = {
        0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362,
        0x7198540D, 0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB,
        0xE330A81A, 0xF36E6F75,
    };
    for (size_t at = 0; at < count; at++) {
        crc ^= bytes[at];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

#ifdef __x86_64__
static inline uint64_t dpx_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// `crc` times a power of x: 64 bits that the next step of a checksum has to take in.
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t dpx_crc32c_shifted(
    uint64_t crc, uint32_t power
) {
    typedef long long pair __attribute__((vector_size(16)));
    return (uint64_t)__builtin_ia32_pclmulqdq128((pair){(long long)crc}, (pair){power}, 0)[0];
}

// A step takes three cycles, but one can begin with each: so three parts of a block are summed up
// side by side. The first two are moved to the end of the block by x^(8 n - 33), n being how many
// bytes they are before it.
__attribute__((target("sse4.2,pclmul"))) static inline uint32_t dpx_crc32c_x86(
    uint32_t crc, const uint8_t *bytes, size_t count
) {
    enum { part = 168, block = 3 * part + 8 };
    uint64_t wide = crc;
    for (; count >= block; bytes += block, count -= block) {
        uint64_t second = 0, third = 0;
        for (int at = 0; at < part; at += 8) {
            wide = __builtin_ia32_crc32di(wide, dpx_word(bytes + at));
            second = __builtin_ia32_crc32di(second, dpx_word(bytes + part + at));
            third = __builtin_ia32_crc32di(third, dpx_word(bytes + 2 * part + at));
        }
        uint64_t moved = dpx_crc32c_shifted(wide, 0x8F158014)
            ^ dpx_crc32c_shifted(second, 0xDAECE73E);
        wide = __builtin_ia32_crc32di(third, dpx_word(bytes + 3 * part) ^ moved);
    }
    for (; count >= 8; bytes += 8, count -= 8)
        wide = __builtin_ia32_crc32di(wide, dpx_word(bytes));
    crc = (uint32_t)wide;
    for (; count > 0; bytes++, count--) crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}

// Asked once: in a virtual machine each question costs microseconds.
static inline int dpx_has_crc32c(void) {
    static int known; // 1 for no, 2 for yes
    int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer == 0) {
        unsigned a, b, c, d, needed = bit_SSE4_2 | bit_PCLMUL;
        answer = __get_cpuid(1, &a, &b, &c, &d) && (c & needed) == needed ? 2 : 1;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer == 2;
}
#endif

static inline uint32_t dpx_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (dpx_has_crc32c()) return dpx_crc32c_x86(crc, (const uint8_t *)bytes, count);
#elif defined(__ARM_FEATURE_CRC32) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint8_t *from = (const uint8_t *)bytes;
    for (; count >= 8; from += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, from, sizeof word);
        crc = __builtin_arm_crc32cd(crc, word);
    }
    for (; count > 0; from++, count--) crc = __builtin_arm_crc32cb(crc, *from);
    return crc;
#endif
    return dpx_crc32c_anywhere(crc, (const uint8_t *)bytes, count);
}
