# Reports to a server: the parts that need none.
unit_TESTS += test_post
test_post_LIBS := store
test_post_EXTRA := $(addprefix firmware/syncd/,post_form.o post_receipts.o post_reply.o)
