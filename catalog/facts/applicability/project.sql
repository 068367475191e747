-- That a point, or a whole task, does not apply: to the organization, or to a project of it.
CREATE TABLE p_applicability (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  project TEXT NOT NULL, until INTEGER, reason TEXT NOT NULL, withdrawn INTEGER,
  PRIMARY KEY (subject, project)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_applicability AS SELECT n, at, subject, actor, via, nullif(project, '') AS project, until, reason, withdrawn FROM p_applicability;
CREATE TABLE p_applicability_approved_by (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_applicability_approved_by AS SELECT n, seq, value FROM p_applicability_approved_by;

DELETE FROM p_applicability_approved_by
WHERE n = (SELECT n FROM p_applicability WHERE subject = :subject AND project = coalesce(:payload ->> 'project', ''));
INSERT OR REPLACE INTO p_applicability (n, at, subject, actor, via, project, until, reason, withdrawn)
VALUES (:n, :at, :subject, :actor, :via, coalesce(:payload ->> 'project', ''), :payload ->> 'until', :payload ->> 'reason',
  :payload ->> 'withdrawn');
INSERT INTO p_applicability_approved_by SELECT :n, key, value FROM json_each(:payload, '$.approved_by');
