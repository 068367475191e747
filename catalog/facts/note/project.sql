-- A text about anything, and whom it calls.
CREATE TABLE p_note (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  text TEXT NOT NULL, project TEXT) STRICT;
CREATE INDEX p_note_subject ON p_note (subject, n);
CREATE VIEW fact_note AS SELECT n, at, subject, actor, via, text, project FROM p_note;
CREATE TABLE p_note_mentions (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_note_mentions_value ON p_note_mentions (value, n);
CREATE VIEW fact_note_mentions AS SELECT n, seq, value FROM p_note_mentions;

INSERT INTO p_note (n, at, subject, actor, via, text, project)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'text', :payload ->> 'project');
INSERT INTO p_note_mentions SELECT :n, key, value FROM json_each(:payload, '$.mentions');
