-- Files that were handed in and may not be named by an item yet. Times are Unix seconds.
CREATE TABLE upload (digest TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (digest, person)) STRICT, WITHOUT ROWID;
CREATE INDEX upload_at ON upload(at);
