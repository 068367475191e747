-- Which catalog and program are in use from here on.
CREATE TABLE p_catalog (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  digest TEXT NOT NULL, program TEXT NOT NULL) STRICT;
CREATE VIEW fact_catalog AS SELECT n, at, subject, actor, via, digest, program FROM p_catalog;

INSERT INTO p_catalog (n, at, subject, actor, via, digest, program)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'digest', :payload ->> 'program');
