-- Imports that people have begun: a file that was handed in, what it would do, and whether it was done. What came of it are facts.
CREATE TABLE import (
  id TEXT PRIMARY KEY,       -- 20 of a-z2-7; the file is imports/ID
  person TEXT NOT NULL, credential TEXT NOT NULL, -- who began it
  register TEXT NOT NULL, match TEXT NOT NULL,    -- key of a kind; of a field, or empty: by number
  name TEXT NOT NULL, bytes INTEGER NOT NULL,     -- of the file
  stage TEXT NOT NULL CHECK (stage IN ('checking', 'checked', 'recording', 'done', 'failed')),
  job TEXT NOT NULL,
  outcome TEXT NOT NULL,     -- what was told, by its digest; empty: not yet
  report TEXT NOT NULL,      -- JSON of it; empty: not yet
  message TEXT NOT NULL,     -- why it failed
  at INTEGER NOT NULL        -- when it was begun, Unix seconds
) STRICT, WITHOUT ROWID;
CREATE INDEX import_at ON import(at);
