-- Jobs of the server: work that takes longer than a request. What came of them are facts; this is how far they are.
CREATE TABLE job (
  id TEXT PRIMARY KEY,       -- 26 of a-z2-7
  what TEXT NOT NULL,        -- 'assess'
  subject TEXT NOT NULL,     -- repo:ID
  person TEXT NOT NULL,      -- who asked; 'system'
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  step TEXT NOT NULL,        -- what it is at
  done INTEGER NOT NULL, total INTEGER NOT NULL, -- of the step; total 0: not known
  message TEXT NOT NULL,     -- why it failed; what came of it
  created INTEGER NOT NULL, started INTEGER, ended INTEGER, -- Unix seconds
  tries INTEGER NOT NULL,    -- that were begun
  cancel INTEGER NOT NULL,   -- it is to end
  number INTEGER NOT NULL    -- in the order they were asked for
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_by_number ON job(number);
CREATE INDEX job_by_subject ON job(subject, number);
CREATE INDEX job_waiting ON job(state, number) WHERE state IN ('queued', 'running');
