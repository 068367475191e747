-- Patch sets of changes, and who had a part in each.
CREATE TABLE p_patch_set (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  repository TEXT NOT NULL, number INTEGER NOT NULL, commit_oid TEXT NOT NULL, base_oid TEXT NOT NULL, tree_oid TEXT NOT NULL, message TEXT NOT NULL,
  commits INTEGER NOT NULL, strangers INTEGER NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_patch_set_subject ON p_patch_set (subject, number);
CREATE INDEX p_patch_set_commit ON p_patch_set (commit_oid, repository);
CREATE VIEW fact_patch_set AS SELECT n, at, subject, actor, via, repository, number, commit_oid, base_oid, tree_oid, message, commits, strangers FROM p_patch_set;
CREATE TABLE p_patch_set_people (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_patch_set_people AS SELECT n, seq, value FROM p_patch_set_people;
CREATE TABLE p_patch_set_signatures (n INTEGER NOT NULL, seq INTEGER NOT NULL, commits INTEGER NOT NULL, state TEXT NOT NULL, key TEXT, person TEXT,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_patch_set_signatures AS SELECT n, seq, commits, state, key, person FROM p_patch_set_signatures;

INSERT INTO p_patch_set (n, at, subject, actor, via, repository, number, commit_oid, base_oid, tree_oid, message, commits, strangers)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'repository', :payload ->> 'number', :payload ->> 'commit_oid', :payload ->> 'base_oid',
  :payload ->> 'tree_oid', :payload ->> 'message', :payload ->> 'commits', :payload ->> 'strangers');
INSERT INTO p_patch_set_people SELECT :n, key, value FROM json_each(:payload, '$.people');
INSERT INTO p_patch_set_signatures SELECT :n, key, value ->> 'commits', value ->> 'state', value ->> 'key', value ->> 'person' FROM json_each(:payload, '$.signatures');
