# Editions on the terminal and the daemon's parts.
store_FIXTURE := tests/unit/store_fixture.o \
                 $(addprefix tools/pack/,keys.o keygen.o sentence.o release.o release_compress.o \
                 release_file.o release_progress.o release_read.o release_show.o)
unit_TESTS += test_store_select test_store_choose test_store_policy test_store_link \
              test_store_history test_store_install test_store_drop test_store_config
test_store_select_LIBS := store
test_store_select_LDLIBS := -Wl,--wrap=pread
test_store_choose_LIBS := store
test_store_policy_LIBS := store
test_store_link_LIBS := store
test_store_history_LIBS := store
test_store_install_LIBS := store
test_store_install_EXTRA := $(store_FIXTURE)
test_store_install_LDLIBS := -pthread
test_store_drop_LIBS := store
test_store_drop_EXTRA := firmware/syncd/drop.o firmware/syncd/tidy.o $(store_FIXTURE)
test_store_drop_LDLIBS := -pthread
test_store_config_LIBS := store
test_store_config_EXTRA := $(addprefix firmware/syncd/,config.o https_window.o)
unit_TESTS += test_store_box test_store_source
test_store_box_LIBS := store
test_store_box_EXTRA := tests/unit/box_fixture.o $(store_FIXTURE)
test_store_box_LDLIBS := -pthread
test_store_source_LIBS := store
test_store_source_EXTRA := tests/unit/box_fixture.o $(store_FIXTURE)
test_store_source_LDLIBS := -pthread
unit_TESTS += test_store_head
test_store_head_LIBS := store
test_store_head_EXTRA := tests/unit/box_fixture.o $(store_FIXTURE)
test_store_head_LDLIBS := -pthread
unit_TESTS += test_store_stage
test_store_stage_LIBS := store
unit_TESTS += test_planted
test_planted_LIBS := store
test_planted_EXTRA := $(store_FIXTURE)
test_planted_LDLIBS := -pthread
unit_TESTS += test_synced
test_synced_LIBS := store
test_synced_EXTRA := firmware/syncd/export_child.o $(store_FIXTURE)
test_synced_LDLIBS := -pthread -Wl,--wrap=fsync,--wrap=fdatasync,--wrap=syncfs,--wrap=rename,--wrap=renameat
