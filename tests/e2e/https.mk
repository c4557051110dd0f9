# make e2e-https: a real nginx behind a bad link, and a server that misbehaves. The long form is part of make fault.
https_HOSTILE_OBJ := $(addprefix $(O)/tests/e2e/,hostile_http.o hostile_serve.o)
$(O)/tests/e2e/hostile_http: $(https_HOSTILE_OBJ) $(O)/libbase.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: e2e e2e-https e2e-https-long fault
https_PROGRAMS := $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl tests/e2e/sync_probe tests/e2e/hostile_http)
e2e: e2e-https
e2e-https: $(https_PROGRAMS)
	@BIN=$(O) tests/e2e/https.sh
fault: e2e-https-long
e2e-https-long: $(https_PROGRAMS)
	@BIN=$(O) tests/e2e/https.sh long

-include $(https_HOSTILE_OBJ:.o=.d)
