-- A text about anything.
CREATE TABLE p_note (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  text TEXT NOT NULL) STRICT;
CREATE VIEW fact_note AS SELECT n, at, subject, actor, via, text FROM p_note;

INSERT INTO p_note (n, at, subject, actor, via, text)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'text');
