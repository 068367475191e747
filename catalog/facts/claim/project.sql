-- The newest word on a task's status that came from elsewhere.
CREATE TABLE p_claim (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT PRIMARY KEY, actor TEXT NOT NULL, via TEXT NOT NULL,
  status TEXT NOT NULL, source TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIEW fact_claim AS SELECT n, at, subject, actor, via, status, source FROM p_claim;

INSERT OR REPLACE INTO p_claim (n, at, subject, actor, via, status, source)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'status', :payload ->> 'source');
