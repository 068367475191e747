-- How a point is enforced; without a project: everywhere.
CREATE TABLE p_policy (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  mode TEXT NOT NULL, project TEXT NOT NULL, tolerance INTEGER NOT NULL, effective_at INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (subject, project)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_policy AS SELECT n, at, subject, actor, via, mode, nullif(project, '') AS project, tolerance, effective_at,
  reason FROM p_policy;
CREATE TABLE p_policy_parameters (n INTEGER NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_policy_parameters AS SELECT n, seq, name, value FROM p_policy_parameters;

DELETE FROM p_policy_parameters WHERE n = (SELECT n FROM p_policy WHERE subject = :subject AND project = coalesce(:payload ->> 'project',
  ''));
INSERT OR REPLACE INTO p_policy (n, at, subject, actor, via, mode, project, tolerance, effective_at, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'mode', coalesce(:payload ->> 'project', ''), :payload ->> 'tolerance',
  :payload ->> 'effective_at',
  :payload ->> 'reason');
INSERT INTO p_policy_parameters SELECT :n, key, value ->> 'name', value ->> 'value'
FROM json_each(:payload, '$.parameters');
