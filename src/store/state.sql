-- Which steps of which room have run on this state.db, and what they were.
CREATE TABLE IF NOT EXISTS state_step(
  room TEXT NOT NULL,
  n INTEGER NOT NULL, -- from 1
  digest BLOB NOT NULL, -- SHA-256 of the step's SQL
  PRIMARY KEY(room, n)
) STRICT, WITHOUT ROWID;
