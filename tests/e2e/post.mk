# make e2e-post: reports to a server of ours that takes them well and badly.
post_HTTP_OBJ := $(O)/tests/e2e/post_http.o
$(O)/tests/e2e/post_http: $(post_HTTP_OBJ) $(O)/libbase.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: e2e e2e-post
e2e: e2e-post
e2e-post: $(addprefix $(O)/,gongkai-syncd gongkaictl tests/e2e/post_http)
	@BIN=$(O) tests/e2e/status_post.sh

-include $(post_HTTP_OBJ:.o=.d)
