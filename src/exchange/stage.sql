-- What an import would do, while it is read and until it is done: a database of its own that goes with it.
CREATE TABLE row (
  row INTEGER PRIMARY KEY,  -- of the file, from 1
  line INTEGER NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('new', 'changed', 'unchanged')),
  subject TEXT NOT NULL, number INTEGER NOT NULL, -- empty, 0: a new item
  seen TEXT NOT NULL,       -- digest of the version it was compared with
  title TEXT NOT NULL, owner TEXT NOT NULL, content TEXT NOT NULL,
  shows TEXT NOT NULL       -- points, a line feed behind each
) STRICT;
CREATE TABLE fault (line INTEGER NOT NULL, column INTEGER NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE TABLE field (row INTEGER NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL) STRICT;
CREATE INDEX field_by_row ON field (row);
CREATE TABLE known (key TEXT PRIMARY KEY, subject TEXT NOT NULL, items INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE taken (what TEXT PRIMARY KEY, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;
