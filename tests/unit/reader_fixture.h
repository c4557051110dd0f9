#pragma once

/* An edition for tests of the reader: B01-2026-000021 is a made-up regulation of 60,000 characters,
 * B01-2026-000022 has a wide table with spans and a small one. */
struct reader_fixture {
    char dir[64];
    char path[128]; /* of the edition */
};

void reader_fixture_make(struct reader_fixture *f);
void reader_fixture_remove(struct reader_fixture *f);
