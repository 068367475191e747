-- Where a hosted repository's branches and tags are copied to: the newest fact of each.
CREATE TABLE p_mirror (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  url TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_mirror AS SELECT n, at, subject, actor, via, url, state, reason FROM p_mirror;

INSERT OR REPLACE INTO p_mirror (n, at, subject, actor, via, url, state, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'url', :payload ->> 'state', :payload ->> 'reason');
