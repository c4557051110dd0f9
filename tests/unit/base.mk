unit_TESTS += test_slice test_arena test_buf test_file test_ini test_json test_date
test_slice_LIBS := base
test_arena_LIBS := base
test_buf_LIBS := base
test_file_LIBS := base
test_ini_LIBS := base
test_json_LIBS := base
test_date_LIBS := base
