-- What this room keeps beside the facts: secrets only as hashes, people only by their ids. Times are Unix seconds.
CREATE TABLE account (person TEXT PRIMARY KEY, password TEXT, changed INTEGER NOT NULL, lang TEXT) STRICT, WITHOUT ROWID;
-- stage 0: the second step is still to come
CREATE TABLE session (hash BLOB PRIMARY KEY, id TEXT NOT NULL, person TEXT NOT NULL, stage INTEGER NOT NULL, level INTEGER NOT NULL, method TEXT NOT NULL,
  created INTEGER NOT NULL, proved INTEGER NOT NULL, seen INTEGER NOT NULL, until INTEGER NOT NULL, wrong INTEGER NOT NULL, network TEXT NOT NULL, agent TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session(person);
CREATE INDEX session_until ON session(until);
CREATE TABLE token (hash BLOB PRIMARY KEY, id TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, prefix TEXT NOT NULL, only_may TEXT NOT NULL, created INTEGER NOT NULL,
  until INTEGER NOT NULL, seen INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX token_person ON token(person);
CREATE TABLE link (hash BLOB PRIMARY KEY, id TEXT NOT NULL, person TEXT NOT NULL, purpose TEXT NOT NULL, made_by TEXT NOT NULL, created INTEGER NOT NULL,
  until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX link_person ON link(person);
CREATE TABLE recovery_code (person TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (person, hash)) STRICT, WITHOUT ROWID;
-- second factors that are turned on
CREATE TABLE factor (person TEXT NOT NULL, factor TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (person, factor)) STRICT, WITHOUT ROWID;
-- networks and devices a person has signed in from, as hashes
CREATE TABLE known (person TEXT NOT NULL, hash BLOB NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (person, hash)) STRICT, WITHOUT ROWID;
-- guesses; `what` is a hash, so that mistyped passwords in the place of names are not kept
CREATE TABLE guess (what BLOB PRIMARY KEY, wrong INTEGER NOT NULL, last INTEGER NOT NULL, free INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX guess_last ON guess(last);
CREATE TABLE failures (hour INTEGER PRIMARY KEY, failed INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;
-- what failures of an hour were about, to be counted and forgotten
CREATE TABLE failure (hour INTEGER NOT NULL, what BLOB NOT NULL, PRIMARY KEY (hour, what)) STRICT, WITHOUT ROWID;
-- which state.db this is: several servers may share one log, and each sums its own failures
CREATE TABLE installation (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO installation VALUES (lower(hex(randomblob(16))));
