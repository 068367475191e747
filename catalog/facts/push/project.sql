-- Pushes to hosted repositories that were let in: which refs they moved, and what the gate saw of each. What is not said is as it is for a branch of
-- one's own: not protected, permitted, nothing to cover.
CREATE TABLE p_push (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL, reason TEXT, way TEXT,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push AS SELECT n, at, subject, actor, via, reason, way FROM p_push;
CREATE TABLE p_push_refs (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, kind TEXT NOT NULL,
  act TEXT NOT NULL, protected INTEGER NOT NULL, may INTEGER NOT NULL, publisher INTEGER NOT NULL, published INTEGER, commits INTEGER NOT NULL,
  covered INTEGER NOT NULL, reviewers INTEGER NOT NULL, approvals INTEGER NOT NULL, rejections INTEGER NOT NULL, secrets INTEGER NOT NULL, change TEXT,
  patch_set INTEGER, threads INTEGER NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_push_refs_ref ON p_push_refs (ref, n);
CREATE INDEX p_push_refs_change ON p_push_refs (change, n) WHERE change IS NOT NULL;
CREATE VIEW fact_push_refs AS SELECT n, seq, ref, before, after, kind, act, protected, may, publisher, published, commits, covered, reviewers, approvals,
  rejections, secrets, change, patch_set, threads FROM p_push_refs;
CREATE TABLE p_push_hits (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL, rule TEXT NOT NULL,
  found_in TEXT, object TEXT, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_hits AS SELECT n, seq, ref, path, line, rule, found_in, object FROM p_push_hits;
CREATE TABLE p_push_personal (n INTEGER NOT NULL, seq INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL, rule TEXT NOT NULL, items INTEGER NOT NULL,
  found_in TEXT, object TEXT, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_personal AS SELECT n, seq, path, line, rule, items, found_in, object FROM p_push_personal;
CREATE TABLE p_push_unread (n INTEGER NOT NULL, seq INTEGER NOT NULL, path TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_unread AS SELECT n, seq, path, why FROM p_push_unread;
CREATE TABLE p_push_signatures (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, wanting INTEGER NOT NULL, first TEXT, why TEXT,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_signatures AS SELECT n, seq, ref, wanting, first, why FROM p_push_signatures;
CREATE TABLE p_push_made (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_push_made_value ON p_push_made (value);
CREATE VIEW fact_push_made AS SELECT n, seq, value FROM p_push_made;
CREATE TABLE p_push_times (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, state TEXT NOT NULL, source TEXT NOT NULL, opens INTEGER,
  opens_text TEXT, emergency TEXT, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_times AS SELECT n, seq, ref, state, source, opens, opens_text, emergency FROM p_push_times;
CREATE TABLE p_push_critical (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, source TEXT NOT NULL, line INTEGER, path TEXT NOT NULL,
  files INTEGER NOT NULL, owners INTEGER NOT NULL, known INTEGER NOT NULL, wanted INTEGER NOT NULL, approvals INTEGER NOT NULL, unticked INTEGER NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE p_push_owners (n INTEGER NOT NULL, seq INTEGER NOT NULL, critical INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_owners AS SELECT n, seq, critical, value FROM p_push_owners;
CREATE VIEW fact_push_critical AS SELECT n, seq, ref, source, line, path, files, owners, known, wanted, approvals, unticked FROM p_push_critical;
CREATE TABLE p_push_candidates (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, path TEXT NOT NULL, hint TEXT NOT NULL, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_push_candidates AS SELECT n, seq, ref, path, hint FROM p_push_candidates;
CREATE TABLE p_push_settled (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_push_settled_value ON p_push_settled (value, n);
CREATE VIEW fact_push_settled AS SELECT n, seq, value AS path FROM p_push_settled;
CREATE TABLE p_push_checks (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, what TEXT NOT NULL, definition TEXT NOT NULL, wanted INTEGER NOT NULL,
  found INTEGER, total INTEGER, why TEXT, level TEXT,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_push_checks_what ON p_push_checks (what, n);
CREATE VIEW fact_push_checks AS SELECT n, seq, ref, what, definition, wanted, found, total, why, level FROM p_push_checks;

INSERT INTO p_push (n, at, subject, actor, via, reason, way) VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'reason', :payload ->> 'way');
INSERT INTO p_push_refs SELECT :n, key, value ->> 'ref', value ->> 'before', value ->> 'after', value ->> 'kind', value ->> 'act', coalesce(value ->> 'protected', 0),
  coalesce(value ->> 'may', 1), coalesce(value ->> 'publisher', 1), value ->> 'published', coalesce(value ->> 'commits', 0), coalesce(value ->> 'covered', 1),
  coalesce(value ->> 'reviewers', 0), coalesce(value ->> 'approvals', 0), coalesce(value ->> 'rejections', 0), coalesce(value ->> 'secrets', 0), value ->> 'change', value ->> 'patch_set',
  coalesce(value ->> 'threads', 0) FROM json_each(:payload, '$.refs');
INSERT INTO p_push_hits SELECT :n, key, value ->> 'ref', value ->> 'path', value ->> 'line', value ->> 'rule', value ->> 'found_in', value ->> 'object'
  FROM json_each(:payload, '$.hits');
INSERT INTO p_push_personal SELECT :n, key, value ->> 'path', value ->> 'line', value ->> 'rule', value ->> 'items', value ->> 'found_in', value ->> 'object'
  FROM json_each(:payload, '$.personal');
INSERT INTO p_push_unread SELECT :n, key, value ->> 'path', value ->> 'why' FROM json_each(:payload, '$.unread');
INSERT INTO p_push_signatures SELECT :n, key, value ->> 'ref', value ->> 'wanting', value ->> 'first', value ->> 'why' FROM json_each(:payload, '$.signatures');
INSERT INTO p_push_made SELECT :n, key, value FROM json_each(:payload, '$.made');
INSERT INTO p_push_critical SELECT :n, key, value ->> 'ref', value ->> 'source', value ->> 'line', value ->> 'path', value ->> 'files', json_array_length(value, '$.owners'),
  value ->> 'known', value ->> 'wanted', value ->> 'approvals', value ->> 'unticked' FROM json_each(:payload, '$.critical');
INSERT INTO p_push_owners SELECT :n, c.key * 100 + o.key, c.key, o.value FROM json_each(:payload, '$.critical') c JOIN json_each(c.value, '$.owners') o;
INSERT INTO p_push_candidates SELECT :n, key, value ->> 'ref', value ->> 'path', value ->> 'hint' FROM json_each(:payload, '$.candidates');
INSERT INTO p_push_settled SELECT :n, key, value FROM json_each(:payload, '$.settled');
INSERT INTO p_push_checks SELECT :n, key, value ->> 'ref', value ->> 'what', value ->> 'definition', value ->> 'wanted', value ->> 'found', value ->> 'total',
  value ->> 'why', value ->> 'level' FROM json_each(:payload, '$.checks');
INSERT INTO p_push_times SELECT :n, key, value ->> 'ref', value ->> 'state', value ->> 'source', value ->> 'opens', value ->> 'opens_text', value ->> 'emergency'
  FROM json_each(:payload, '$.times');
