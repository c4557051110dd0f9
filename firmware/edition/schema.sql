-- One edition: a complete, immutable database. application_id and user_version are set by the writer
-- (edition.h). Every statement ends with a semicolon at the end of a line; comment lines stay here.
-- Items are numbered in the order in which they are shown, newest publication first; so a list is read
-- along the rowid, and every index below is in that order too.

-- Facts of the edition and of the office, see edition_fact.
CREATE TABLE fact(
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- kind 1 category, 2 department, 3 year, 4 supervision channel; items = published items with it.
CREATE TABLE term(
    kind INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 4),
    seq INTEGER NOT NULL CHECK(seq >= 0),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    items INTEGER NOT NULL CHECK(items >= 0),
    PRIMARY KEY(kind, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE guide_card(
    seq INTEGER NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    block_seq INTEGER NOT NULL
) STRICT;

-- The files of the content folder. bytes is the original, untouched; NULL for the catalogue, whose rows may
-- name information that is not disclosed, and for site.ini, whose comments are the office's own; of those the
-- hash alone is kept. hash: BLAKE2b-256 in hex.
CREATE TABLE source(
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL CHECK(length(hash) = 64),
    size INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    import_log TEXT NOT NULL,
    bytes BLOB
) STRICT;

-- kind: enum doc_kind. item: the first item (in display order) whose full text it is.
CREATE TABLE doc(
    id INTEGER NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 3),
    title TEXT NOT NULL,
    item INTEGER,
    year INTEGER NOT NULL,
    day INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source(id)
) STRICT;

-- Pictures, once each however often they are shown. kind: enum image_kind. hash: BLAKE2b-256 of bytes in hex.
CREATE TABLE image(
    id INTEGER NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE CHECK(length(hash) = 64),
    kind INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 2),
    width INTEGER NOT NULL CHECK(width BETWEEN 1 AND 1600),
    height INTEGER NOT NULL CHECK(height BETWEEN 1 AND 8000),
    bytes BLOB NOT NULL
) STRICT;

-- kind: enum block_kind. splits: little-endian 32-bit byte offsets. image: the picture of kind 6, NULL when
-- only its words are there.
CREATE TABLE block(
    doc INTEGER NOT NULL REFERENCES doc(id),
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 6),
    level INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    splits BLOB,
    text TEXT NOT NULL,
    image INTEGER REFERENCES image(id),
    PRIMARY KEY(doc, seq)
) STRICT;

CREATE TABLE cell(
    doc INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    row INTEGER NOT NULL,
    col INTEGER NOT NULL,
    row_span INTEGER NOT NULL,
    col_span INTEGER NOT NULL,
    header INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY(doc, seq, n)
) STRICT, WITHOUT ROWID;

-- Dates are yyyymmdd, 0 when absent; year is that of the publication date. Codes name terms. featured: the
-- office recommends it.
CREATE TABLE item(
    id INTEGER NOT NULL PRIMARY KEY,
    index_no TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    doc_no TEXT NOT NULL,
    method TEXT NOT NULL,
    basis TEXT NOT NULL,
    validity TEXT NOT NULL,
    keywords TEXT NOT NULL,
    url TEXT NOT NULL,
    category TEXT NOT NULL,
    department TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    review_result TEXT NOT NULL,
    made INTEGER NOT NULL,
    published INTEGER NOT NULL,
    reviewed INTEGER NOT NULL,
    year INTEGER NOT NULL,
    attribute INTEGER NOT NULL CHECK(attribute IN (1, 2)),
    doc INTEGER,
    corrects INTEGER,
    corrected_by INTEGER,
    featured INTEGER NOT NULL CHECK(featured IN (0, 1))
) STRICT;

CREATE INDEX item_category ON item(category, year);
CREATE INDEX item_department ON item(department, year);
CREATE INDEX item_year ON item(year);
CREATE INDEX item_attribute ON item(attribute);
CREATE INDEX item_corrects ON item(corrects) WHERE corrects IS NOT NULL;

-- Related items, best first: reason 1 correction, 2 named in 《…》, 3 same document number.
CREATE TABLE relation(
    item INTEGER NOT NULL REFERENCES item(id),
    rank INTEGER NOT NULL,
    other INTEGER NOT NULL REFERENCES item(id),
    reason INTEGER NOT NULL CHECK(reason BETWEEN 1 AND 3),
    PRIMARY KEY(item, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE report(
    year INTEGER NOT NULL PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES doc(id),
    item INTEGER
) STRICT;

-- value NULL: not filled in, which is not 0. computed NULL: not compared with the catalogue.
CREATE TABLE figure(
    year INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    value INTEGER,
    computed INTEGER,
    PRIMARY KEY(year, seq)
) STRICT, WITHOUT ROWID;

-- Search. token: a folded code point; places: how often it stands in the searched text.
CREATE TABLE search_token(
    token INTEGER NOT NULL PRIMARY KEY,
    places INTEGER NOT NULL CHECK(places > 0)
) STRICT;

-- Byte streams in pieces of about a page (edition/stream.h): id = stream << 32 | first. Streams below
-- 0x110000 are the places of that token, first being the first place of the piece; the others are maps
-- from places to items and blocks, the titles with their pinyin, and the columns of the filters, first
-- being the number of the piece.
CREATE TABLE stream(
    id INTEGER NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;
