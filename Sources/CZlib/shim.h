// SPDX-License-Identifier: Apache-2.0
// What the command line tool uses of zlib.
#pragma once
#include <zlib.h>

// A macro, which Swift cannot call. 16 more than the largest window stands for gzip's own frame.
static inline int dpx_inflate_init_gzip(z_stream *stream) {
    return inflateInit2(stream, 16 + MAX_WBITS);
}
