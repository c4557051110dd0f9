# Reads that are verified, what watches over installed editions, and what is reported of them.
unit_TESTS += test_verify_vfs test_status
test_verify_vfs_LIBS := edition
test_verify_vfs_PKGS := sqlite3
test_status_LIBS := store
test_status_EXTRA := firmware/syncd/counters.o firmware/syncd/status.o
unit_TESTS += test_store_heal
test_store_heal_LIBS := store
test_store_heal_EXTRA = $(store_FIXTURE)
test_store_heal_LDLIBS := -pthread
