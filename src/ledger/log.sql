-- The ledger's tables (docs/formats/ledger.md). Nothing but src/ledger/log_sqlite.c writes them. Keys are numbers that grow: a row goes to
-- the end of its table, and there is no other index, since each entry of one at a random place costs a page of the write-ahead log.
CREATE TABLE entries (n INTEGER PRIMARY KEY, leaf TEXT NOT NULL) STRICT;
CREATE TABLE bodies (n INTEGER PRIMARY KEY, salt BLOB NOT NULL, body TEXT NOT NULL) STRICT;
-- hashes of complete subtrees of heights 8, 16, …: id = height / 8 * 2^56 + index; lower ones are made from the entries
CREATE TABLE nodes (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
-- number of entries, time of the last, and the tree's right edge: the peaks' hashes from the lowest up
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, at INTEGER NOT NULL, frontier BLOB NOT NULL) STRICT;
-- origins, newest last: since which size each is in force
CREATE TABLE origins (size INTEGER PRIMARY KEY, origin TEXT NOT NULL) STRICT;
-- signed heads: the newest, and each handover
CREATE TABLE checkpoints (size INTEGER NOT NULL, handover INTEGER NOT NULL CHECK (handover IN (0, 1)), note TEXT NOT NULL,
  PRIMARY KEY (size, handover)) STRICT, WITHOUT ROWID;
-- requests that carried a key: id = SHA-256 of credential and key; the facts they became
CREATE TABLE requests (id BLOB PRIMARY KEY, n INTEGER NOT NULL, facts INTEGER NOT NULL) STRICT, WITHOUT ROWID;
