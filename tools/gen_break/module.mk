# The line-break tables, made at build time by a program of the building machine.
HOSTCC ?= cc
UCD ?= /usr/share/unicode

$(B)/host/gen_break: tools/gen_break/gen_break.c firmware/text/break_table.h
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -Wall -Wextra $(if $(WERROR),-Werror) -Ifirmware -o $@ $<

$(GEN)/break_table.c: $(B)/host/gen_break $(UCD)/LineBreak.txt
	@mkdir -p $(@D)
	@$(B)/host/gen_break $(UCD) >$@
