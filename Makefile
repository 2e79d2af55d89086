# SPDX-License-Identifier: Apache-2.0
.PHONY: test
test:
	swift test --disable-xctest
