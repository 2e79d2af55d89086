# SPDX-License-Identifier: Apache-2.0
# The front door. A recipe of more than a line is a script in scripts/, a gate one in .ci/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

FLAVOUR ?= embedded
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
MINUTES ?= 5
AUTH ?= token
OBJECTS ?= 1000000
LOOPS ?= 200

lib_embedded := build/lib/libdatapanel.so.1
lib_static := build/static/lib/libdatapanel.so.1
lib := $(lib_$(FLAVOUR))
$(if $(lib),,$(error FLAVOUR is embedded or static, not '$(FLAVOUR)'))
uninstalled := PKG_CONFIG_PATH=$(abspath $(dir $(lib))pkgconfig)

# Folders are listed too: their time changes when a file comes or goes.
sources = $(shell find $(1) -not -name '.*')
library_sources := Package.swift $(call sources,include Sources/Datapanel Sources/DatapanelABI \
	$(wildcard Sources/C*)) scripts/build-library.sh packaging
tool_sources = Package.swift $(call sources,$(wildcard $(1))) scripts/build-tool.sh

.PHONY: help demo demo-restart demo-spool demo-spark lib cli emulator man examples test check \
	soak fuzz bench wheel deb install uninstall clean

help: ## shows this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "FLAVOUR=static builds the library with the Swift runtime inside, in build/static/lib."

demo: lib emulator examples ## sends alerts to a local emulator: [AUTH=token|password|aksk|default]
	@scripts/demo.sh $(FLAVOUR) $(AUTH)

demo-restart: lib emulator examples ## streams to a local emulator that is killed half way
	@scripts/demo-restart.sh $(FLAVOUR)

demo-spool: cli emulator ## kills `datapanel send` while the service is away, and starts it again
	@scripts/demo-spool.sh

demo-spark: lib emulator ## writes from a Spark cluster that loses an executor half way
	@scripts/demo-spark.sh $(FLAVOUR)

lib: $(lib) ## builds the library: build/lib/libdatapanel.so.1, .so, .a

cli: build/bin/datapanel ## builds the command line tool: build/bin/datapanel

emulator: build/bin/datapanel-emulator ## builds the local service: build/bin/datapanel-emulator

man: cli emulator ## makes the manual pages and completions of both: build/share
	@scripts/build-manual.sh datapanel datapanel-emulator

examples: lib ## builds the programs of examples-c/
	@$(uninstalled) $(MAKE) --silent -C examples-c BUILD=$(CURDIR)/build/examples

test: lib cli emulator ## runs every Swift, C and Python test
	@scripts/test.sh $(FLAVOUR)

check: ## runs every gate: style, exports, sanitizers, both flavours, ...
	@.ci/check

soak: lib cli emulator ## counts a million objects and loops what has threads: OBJECTS= LOOPS=
	@scripts/soak.sh "$(OBJECTS)" "$(LOOPS)"

fuzz: build/fuzz/datapanel-fuzz ## looks for inputs that break us: MINUTES=5 [TARGET=scanner]
	@scripts/fuzz.sh "$(MINUTES)" "$(TARGET)"

bench: lib cli emulator ## compares speed and size with the other ways to do this
	@scripts/bench.sh $(FLAVOUR)

wheel: lib ## builds the Python package with all it needs: dist/*.whl, and an sdist
	@scripts/build-wheel.sh

deb: lib cli emulator ## builds Debian packages of the library and the command: dist/*.deb
	@scripts/build-deb.sh

install: lib ## installs below PREFIX=/usr/local, for packages also below DESTDIR=
	@scripts/install.sh "$(dir $(lib))" "$(PREFIX)" "$(LIBDIR)" "$(DESTDIR)"

uninstall: ## removes what install put there, and nothing else
	@scripts/uninstall.sh "$(PREFIX)" "$(DESTDIR)"

clean: ## removes everything that was built
	rm -rf build .build dist

$(lib_embedded): $(library_sources)
	scripts/build-library.sh embedded

$(lib_static): $(library_sources)
	scripts/build-library.sh static

build/bin/datapanel-emulator: $(call tool_sources,Sources/*mulator)
	scripts/build-tool.sh datapanel-emulator

build/bin/datapanel: $(call tool_sources,Sources/datapanel-cli) $(library_sources)
	scripts/build-tool.sh datapanel-cli datapanel

build/fuzz/datapanel-fuzz: $(call sources,Sources/Datapanel $(wildcard Sources/C*)) \
	Sources/datapanel-cli/DeadLetters/Letter.swift \
	$(shell find Tests/fuzz -path Tests/fuzz/corpus -prune -o -print) scripts/build-fuzz.sh
	scripts/build-fuzz.sh
