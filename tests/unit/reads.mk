# Reads that are verified, and what watches over installed editions.
unit_TESTS += test_verify_vfs
test_verify_vfs_LIBS := edition
test_verify_vfs_PKGS := sqlite3
