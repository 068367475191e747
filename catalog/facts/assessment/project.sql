-- Each assessment of a repository.
CREATE TABLE p_assessment (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  head TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, catalog TEXT NOT NULL, refs TEXT NOT NULL, report TEXT NOT NULL,
  program TEXT NOT NULL) STRICT;
CREATE INDEX p_assessment_subject ON p_assessment (subject, n);
CREATE VIEW fact_assessment AS SELECT n, at, subject, actor, via, head, since, until, catalog, refs, report, program FROM p_assessment;

INSERT INTO p_assessment (n, at, subject, actor, via, head, since, until, catalog, refs, report, program)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'head', :payload ->> 'since', :payload ->> 'until', :payload ->> 'catalog',
  :payload ->> 'refs', :payload ->> 'report', :payload ->> 'program');
