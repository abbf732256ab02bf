# xinlv: a contest by mail.  make | make demo | make check | make check-apps | make bench | make install
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
# SAN=1 builds with the address and undefined-behaviour sanitizers, in a folder of its own.
SAN     ?=
B       := $(if $(SAN),build/san,build)

ROOMS   := base rules mail store intake reader judge post office
PROGRAMS := xinlv xinlv-read xinlv-fetch xinlv-send xinlv-office

WARN := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wvla -Wstrict-prototypes -Wmissing-prototypes
ifdef CI
WARN += -Werror
endif
OPT  := $(if $(SAN),-O1 -fno-omit-frame-pointer -fsanitize=address$(,)undefined -fno-sanitize-recover=undefined,-O2 -D_FORTIFY_SOURCE=2)
, := ,
CFLAGS   ?= -g
XCFLAGS  := -std=gnu17 -Isrc -D_GNU_SOURCE -fPIE -fstack-protector-strong $(WARN) $(OPT) \
            -DXINLV_PREFIX='"$(PREFIX)"' $(shell pkg-config --cflags gmime-3.0 2>/dev/null)
XLDFLAGS := -pie -Wl,-z,relro,-z,now,--as-needed $(if $(SAN),-fsanitize=address$(,)undefined)

# Each program links only the libraries of the rooms it uses; --as-needed drops the rest.
LIBS_base   := -lunistring -lnettle -ljansson
LIBS_xinlv        := $(LIBS_base) -lfyaml -lpcre2-8 -lsqlite3
LIBS_xinlv-read   := $(LIBS_base) -lgmime-3.0 -lgobject-2.0 -lglib-2.0 -lzip -lexpat -larchive -lfreexl -lseccomp
LIBS_xinlv-fetch  := $(LIBS_base) -letpan -lgnutls
LIBS_xinlv-send   := $(LIBS_base) -lcurl
LIBS_xinlv-office := $(LIBS_base) -lfyaml -lpcre2-8 -lsqlite3 -lxlsxwriter
MAIN_xinlv        := src/main.c
MAIN_xinlv-read   := src/reader/main.c
MAIN_xinlv-fetch  := src/intake/main.c
MAIN_xinlv-send   := src/post/main.c
MAIN_xinlv-office := src/office/main.c
MAINS := $(foreach p,$(PROGRAMS),$(MAIN_$(p)))

SRC   := $(filter-out $(MAINS),$(sort $(wildcard $(addprefix src/,$(addsuffix /*.c,$(ROOMS) command)))))
OBJ   := $(SRC:%.c=$(B)/%.o)
LIB   := $(B)/libxinlv.a
UNIT  := $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
LIBS_test := $(sort $(foreach p,$(PROGRAMS),$(LIBS_$(p)))) -lcmocka

.PHONY: all
all: $(foreach p,$(PROGRAMS),$(if $(wildcard $(MAIN_$(p))),$(B)/$(p)))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(XCFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(LIB): $(OBJ)
	@rm -f $@
	ar rcs $@ $^

define program
$(B)/$(1): $(B)/$(MAIN_$(1):.c=.o) $(LIB)
	$(CC) $(XLDFLAGS) -o $$@ $$^ $(LIBS_$(1)) $(LDFLAGS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(XCFLAGS) $(CFLAGS) -Itests/unit -MMD -MP $(XLDFLAGS) -o $@ $< $(LIB) $(LIBS_test) $(LDFLAGS)

.PHONY: clean
clean:
	rm -rf build

-include $(OBJ:.o=.d) $(UNIT:=.d) $(foreach m,$(MAINS),$(B)/$(m:.c=.d))
