// SPDX-License-Identifier: Apache-2.0
// What the emulator stores objects with.
#pragma once
#include <sqlite3.h>
