-- What reviewers have said of patch sets. A reviewer's newest word counts.
CREATE TABLE p_review (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  patch_set INTEGER NOT NULL, commit_oid TEXT NOT NULL, base_oid TEXT NOT NULL, target TEXT NOT NULL, vote TEXT NOT NULL, ticked TEXT NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_review_subject ON p_review (subject, actor);
CREATE VIEW fact_review AS SELECT n, at, subject, actor, via, patch_set, commit_oid, base_oid, target, vote, ticked FROM p_review;

INSERT INTO p_review (n, at, subject, actor, via, patch_set, commit_oid, base_oid, target, vote, ticked)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'patch_set', :payload ->> 'commit_oid', :payload ->> 'base_oid', :payload ->> 'target', :payload ->> 'vote', coalesce(:payload ->> 'ticked', '[]'));
