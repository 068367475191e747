-- Contents that were taken out (by which act): how many commits were made again, how many patch sets went with them, and where branches and tags are now.
CREATE TABLE p_expunged (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  act INTEGER NOT NULL, commits INTEGER NOT NULL, patch_sets INTEGER NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_expunged_act ON p_expunged (act);
CREATE VIEW fact_expunged AS SELECT n, at, subject, actor, via, act, commits, patch_sets FROM p_expunged;
CREATE TABLE p_expunged_moved (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_expunged_moved_ref ON p_expunged_moved (ref, n);
CREATE VIEW fact_expunged_moved AS SELECT n, seq, ref, before, after FROM p_expunged_moved;

INSERT INTO p_expunged (n, at, subject, actor, via, act, commits, patch_sets)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'act', :payload ->> 'commits', :payload ->> 'patch_sets');
INSERT INTO p_expunged_moved SELECT :n, key, value ->> 'ref', value ->> 'before', value ->> 'after' FROM json_each(:payload, '$.moved');
