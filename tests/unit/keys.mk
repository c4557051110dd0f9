# PINs, signed settings, new trust roots.
keys_FIXTURE := tests/unit/package_fixture.o tools/pack/keys.o tools/pack/sentence.o
unit_TESTS += test_secret test_pin test_settings test_keys_in test_keys_folder test_settings_in
test_secret_LIBS := package
test_pin_LIBS := store
test_pin_EXTRA := firmware/syncd/pin.o
test_settings_LIBS := package
test_settings_EXTRA := $(keys_FIXTURE)
keys_ARRIVE := $(keys_FIXTURE) $(addprefix firmware/syncd/,keys_in.o keys_in_drop.o keys_in_files.o keys_in_folder.o settings_in.o)
keys_HALL := tests/unit/keys_hall.o $(keys_ARRIVE)
test_keys_in_LIBS := store
test_keys_in_EXTRA := $(keys_HALL)
test_keys_folder_LIBS := store
test_keys_folder_EXTRA := $(keys_HALL)
test_settings_in_LIBS := store
test_settings_in_EXTRA := $(keys_HALL)
unit_TESTS += test_keys_memory
test_keys_memory_LIBS := store
test_keys_memory_EXTRA := $(keys_ARRIVE) firmware/syncd/pin.o
test_keys_memory_LDLIBS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
