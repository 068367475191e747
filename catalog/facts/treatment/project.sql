-- What was done about a past failure: its cause, its correction and how it was checked.
CREATE TABLE p_treatment (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  about TEXT NOT NULL, cause TEXT NOT NULL, correction TEXT NOT NULL, checked TEXT NOT NULL, checked_at INTEGER NOT NULL) STRICT;
CREATE INDEX p_treatment_subject ON p_treatment (subject, n);
CREATE VIEW fact_treatment AS SELECT n, at, subject, actor, via, about, cause, correction, checked AS "check", checked_at FROM p_treatment;

INSERT INTO p_treatment (n, at, subject, actor, via, about, cause, correction, checked, checked_at)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'about', :payload ->> 'cause', :payload ->> 'correction', :payload ->> 'check',
  :payload ->> 'checked_at');
