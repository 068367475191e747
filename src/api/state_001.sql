-- POSTs that said an Idempotency-Key: what was asked, and what was answered (status 0: not known yet, asked of the process
-- `run`). `who` is the credential's fingerprint.
CREATE TABLE answer (who TEXT NOT NULL, key TEXT NOT NULL, asked BLOB NOT NULL, at INTEGER NOT NULL, run TEXT NOT NULL, status INTEGER NOT NULL, type TEXT, location TEXT,
  tag TEXT, body BLOB, PRIMARY KEY (who, key)) STRICT, WITHOUT ROWID;
CREATE INDEX answer_at ON answer(at);
