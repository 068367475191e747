-- What came of it when a repository's mirror was to lose what had been taken out of the history.
CREATE TABLE p_cleared (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  expunged INTEGER NOT NULL, outcome TEXT NOT NULL, refs INTEGER NOT NULL, why TEXT,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_cleared_subject ON p_cleared (subject, n);
CREATE VIEW fact_cleared AS SELECT n, at, subject, actor, via, expunged, outcome, refs, why FROM p_cleared;

INSERT INTO p_cleared (n, at, subject, actor, via, expunged, outcome, refs, why)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'expunged', :payload ->> 'outcome', :payload ->> 'refs', :payload ->> 'why');
