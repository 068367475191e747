-- Break glass: for which refs, until when, and why, points of tasks did not stop what was pushed; or (found) refs that had moved without a decision.
CREATE TABLE p_override (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  refs TEXT NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL, person TEXT, found INTEGER NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_override_subject ON p_override (subject, until);
CREATE VIEW fact_override AS SELECT n, at, subject, actor, via, refs, until, reason, person, found FROM p_override;
CREATE TABLE p_override_found (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_override_found_ref ON p_override_found (ref, n);
CREATE VIEW fact_override_found AS SELECT n, seq, ref, before, after FROM p_override_found;

INSERT INTO p_override (n, at, subject, actor, via, refs, until, reason, person, found)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'refs', :payload ->> 'until', :payload ->> 'reason', :payload ->> 'person', coalesce(json_array_length(:payload, '$.found'), 0));
INSERT INTO p_override_found SELECT :n, key, value ->> 'ref', value ->> 'before', value ->> 'after' FROM json_each(:payload, '$.found');
