// SPDX-License-Identifier: Apache-2.0
// jansson, with functions for what it offers as macros or variadics.
#pragma once
#include <jansson.h>
