# xinlv: a contest by mail.
#   make            builds build/xinlv and its helper programs
#   make demo       a contest on sample mail, from nothing          make check       the tests
#   make forms      templates/forms/ from rules/                    make check-apps  tests with desktop programs
#   make bench      measurements                                    make install PREFIX=... DESTDIR=...
#   make deb        a Debian package
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash

VERSION := 0.1
PREFIX  ?= /usr/local
DESTDIR ?=
CC      := gcc
CFLAGS  ?= -g
PYTHON  := /usr/bin/python3
# SAN=1 builds with the address and undefined-behaviour sanitizers, in a folder of its own.
SAN     ?=
# FUZZ=1 builds the fuzzers with clang, in a folder of its own; the warnings are gcc's to give.
FUZZ    ?=
B       := $(if $(FUZZ),build/fuzz,$(if $(SAN),build/san,build))
comma   := ,
ifdef FUZZ
CC      := clang-14
endif

# ---- what a bare Debian 12 lacks
DEPS_BUILD := gcc libc6-dev pkg-config libetpan-dev libcurl4-gnutls-dev libsqlite3-dev libxlsxwriter-dev libpcre2-dev \
	libgmime-3.0-dev libfyaml-dev libunistring-dev nettle-dev libjansson-dev libical-dev libseccomp-dev libzip-dev \
	libexpat1-dev libarchive-dev libgnutls28-dev tzdata
DEPS_DEMO  := python3 python3-openpyxl python3-yaml
DEPS_DEB   := dpkg-dev binutils
DEPS_CHECK := $(DEPS_DEMO) libcmocka-dev libasan8 libubsan1 mandoc python3-xlwt libarchive-tools python3-aiosmtpd dovecot-imapd openssl clang libclang-rt-14-dev $(DEPS_DEB)
# Node.js may be here from elsewhere than Debian, whose npm then cannot be installed.
DEPS_APPS  := $(DEPS_CHECK) libreoffice-calc python3-uno chromium fonts-noto-cjk poppler-utils ca-certificates \
	$(if $(shell command -v npm 2>/dev/null),,nodejs npm)

# ---- rooms and programs
ROOMS    := $(if $(FUZZ),base rules mail intake reader post,base rules mail store intake reader judge post office home course desk command)
PROGRAMS := xinlv xinlv-read xinlv-fetch xinlv-send xinlv-office xinlv-ical
MAIN_xinlv        := src/main.c
MAIN_xinlv-read   := src/reader/main.c
MAIN_xinlv-fetch  := src/intake/main.c
MAIN_xinlv-send   := src/post/main.c
MAIN_xinlv-office := src/office/main.c
MAIN_xinlv-ical   := src/post/ical_main.c
MAINS := $(foreach p,$(PROGRAMS),$(MAIN_$(p)))

# Each program names the libraries of the rooms it uses; --as-needed drops the rest.
LIBS_base         := -lunistring -lnettle -ljansson
LIBS_xinlv        := $(LIBS_base) -lm -lfyaml -lpcre2-8 -lsqlite3
LIBS_xinlv-read   := $(LIBS_base) -lm -lgmime-3.0 -lgobject-2.0 -lglib-2.0 -lzip -lexpat -larchive -lseccomp
LIBS_xinlv-fetch  := $(LIBS_base) -letpan -lgnutls
LIBS_xinlv-send   := $(LIBS_base) -lcurl
LIBS_xinlv-ical   := $(LIBS_base) -lical
LIBS_xinlv-office := $(LIBS_base) -lm -lfyaml -lpcre2-8 -lsqlite3 -lxlsxwriter
LIBS_test         := $(sort $(foreach p,$(PROGRAMS),$(LIBS_$(p)))) -lcmocka

# ---- flags
WARN := $(if $(FUZZ),-Wno-everything -Werror=incompatible-pointer-types,-Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wvla -Wstrict-prototypes -Wmissing-prototypes $(if $(CI),-Werror))
# The sanitizers ask a program for its options by name: those builds hide nothing.
HARD := -fPIE -fstack-protector-strong $(if $(SAN),,-fvisibility=hidden)
CHECKED := -O1 -fno-omit-frame-pointer -fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined
OPT  := $(if $(FUZZ),$(CHECKED) -fsanitize=fuzzer-no-link,$(if $(SAN),$(CHECKED),-O2 -D_FORTIFY_SOURCE=2))
# Foreign headers are system headers: their warnings are theirs.
FOREIGN = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags gmime-3.0 2>/dev/null))
XCFLAGS  = -std=gnu17 -Isrc -D_GNU_SOURCE $(WARN) $(HARD) $(OPT) -DXINLV_PREFIX='"$(PREFIX)"' -DXINLV_VERSION='"$(VERSION)"'
XLDFLAGS = -pie -Wl,-z,relro,-z,now,--as-needed $(if $(SAN)$(FUZZ),-fsanitize=address$(comma)undefined)
$(B)/src/mail/mime.o $(B)/src/mail/window.o $(B)/tests/test_mime: XCFLAGS += $(FOREIGN)

# ---- building
SRC  := $(filter-out $(MAINS),$(sort $(wildcard $(ROOMS:%=src/%/*.c))))
OBJ  := $(SRC:%.c=$(B)/%.o)
LIB  := $(B)/libxinlv.a
BIN  := $(foreach p,$(PROGRAMS),$(if $(wildcard $(MAIN_$(p))),$(B)/$(p)))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))

# Builds take every processor, unless the caller said how many.
JOBS = --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: all
all: deps-build
	@$(MAKE) $(JOBS) programs

.PHONY: programs unit
programs: $(BIN)
unit: $(UNIT)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc   $<"
	@$(CC) $(XCFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# The library holds every room; when a file goes away, it is made anew.
$(LIB): $(OBJ) $(B)/sources
	@rm -f $@
	@ar rcs $@ $(OBJ)
$(B)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJ)' | cmp -s - $@ || echo '$(OBJ)' > $@
FORCE:

define program
$(B)/$(1): $(patsubst %.c,$(B)/%.o,$(MAIN_$(1))) $(LIB)
	@echo "  link $$@"
	@$(CC) $(XLDFLAGS) -o $$@ $(patsubst %.c,$(B)/%.o,$(MAIN_$(1))) $(LIB) $(LIBS_$(1)) $(LDFLAGS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  test $@"
	@$(CC) $(XCFLAGS) $(CFLAGS) -Itests/unit -MMD -MP $(XLDFLAGS) -o $@ $< $(LIB) $(LIBS_test) $(LDFLAGS)

# For the benchmark: a home with a long history; and the bare parts of the work.
$(B)/history $(B)/parts: $(B)/%: tests/bench/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  link $@"
	@$(CC) $(XCFLAGS) $(CFLAGS) $(XLDFLAGS) -o $@ $< $(LIB) $(LIBS_test) $(LDFLAGS)

FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
.PHONY: fuzzers
fuzzers: $(FUZZERS)
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(LIB)
	@echo "  fuzz $@"
	@$(CC) $(XCFLAGS) $(CFLAGS) -Itests/unit -MMD -MP -fsanitize=fuzzer $(XLDFLAGS) -o $@ $< $(LIB) $(LIBS_test) $(LDFLAGS)

-include $(OBJ:.o=.d) $(UNIT:=.d) $(FUZZERS:=.d) $(foreach m,$(MAINS),$(B)/$(m:.c=.d))

# ---- installing what is missing (as root or through sudo); says nothing when all is there
define need
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		echo "installing:" $$missing; \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$as apt-get -qq -y --no-install-recommends install $$missing >/dev/null; \
	fi
endef
.PHONY: deps-build deps-demo deps-check deps-apps deps-deb
deps-build:
	$(call need,$(DEPS_BUILD))
deps-demo: deps-build
	$(call need,$(DEPS_DEMO))
deps-check: deps-build
	$(call need,$(DEPS_CHECK))
deps-apps: deps-build
	$(call need,$(DEPS_APPS))
deps-deb: deps-build
	$(call need,$(DEPS_DEB))

# ---- using
.PHONY: forms demo
forms: all
	build/xinlv -C . forms
demo: deps-demo all
	@$(PYTHON) tests/demo/demo.py

# ---- checking
STORIES := $(sort $(wildcard tests/story/test_*.py))
APPS    := $(sort $(wildcard tests/apps/test_*.py))
.PHONY: check check-apps check-rooms bench fuzz
check: deps-check all check-rooms
	@$(MAKE) $(JOBS) SAN=1 programs unit
	@$(MAKE) $(JOBS) unit
	@$(MAKE) $(JOBS) FUZZ=1 fuzzers
	@FUZZ_SECONDS=3 tests/run $(patsubst build/%,build/san/%,$(UNIT)) $(wildcard $(B)/tests/test_walls $(B)/tests/test_client) \
		tests/fuzz/run $(STORIES)
check-apps: deps-apps all
	@tests/run $(APPS)
# The package on a bare Debian in a folder: as root, with the network.
.PHONY: check-deb
check-deb: deps-deb deps-check
	$(call need,debootstrap)
	@tests/run tests/deb/test_bare.py
# Includes run one way, and a foreign library lives in one room (README, Rooms); and the code is of one hand.
check-rooms:
	@tests/rooms
	@tests/style
# Days of a contest with faults thrown at it: make soak SEED=7 MINUTES=60; without a seed, one is drawn and said.
SEED    ?= $(shell echo $$RANDOM)
MINUTES ?= 10
.PHONY: soak
soak: deps-check all
	@echo "seed $(SEED)"
	@$(PYTHON) tests/soak/soak.py $(SEED) $$(( $(MINUTES) * 60 ))
bench: deps-check all
	@$(MAKE) $(JOBS) $(B)/history $(B)/parts
	@$(PYTHON) tests/bench/bench.py $(BENCH)
fuzz: deps-check
	@tests/fuzz/run $(FUZZ_SECONDS)

# ---- installing
.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/xinlv $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/xinlv
	install -m 755 build/xinlv $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(filter-out build/xinlv,$(BIN)) $(DESTDIR)$(PREFIX)/libexec/xinlv/
	install -m 644 src/command/xinlv.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 src/rules/xinlv-rules.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	cp -r rules templates $(DESTDIR)$(PREFIX)/share/xinlv/

# A Debian package of the plain build; CFLAGS=-g0 is not needed, it is stripped.
.PHONY: deb
deb: deps-deb all
	@rm -rf build/deb
	@$(MAKE) --no-print-directory install PREFIX=/usr DESTDIR=build/deb/root >/dev/null
	@src/package/build $(VERSION)

.PHONY: clean
clean:
	rm -rf build
