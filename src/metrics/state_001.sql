-- Past days that somebody had computed again last, and what came of it; at most one row. Nothing here is evidence: it can be asked again.
CREATE TABLE recount (
  id TEXT PRIMARY KEY,       -- 20 of a-z2-7
  person TEXT NOT NULL,      -- who asked
  since INTEGER NOT NULL, until INTEGER NOT NULL, -- moments in the first and the last day, Unix seconds
  report TEXT NOT NULL,      -- JSON; empty: not yet
  at INTEGER NOT NULL        -- when it was asked, Unix seconds
) STRICT, WITHOUT ROWID;
