// SPDX-License-Identifier: Apache-2.0
// jansson, with functions for what it offers as macros or variadics.
#pragma once
#include <jansson.h>

static inline void dpx_json_release(json_t *value) { json_decref(value); }
static inline json_type dpx_json_type(const json_t *value) { return json_typeof(value); }
