-- Whether a point is a rule of the organization, or of a project; without a project: of all.
CREATE TABLE p_adoption (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  adopted INTEGER NOT NULL, project TEXT NOT NULL, priority TEXT, reason TEXT NOT NULL,
  PRIMARY KEY (subject, project)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_adoption AS SELECT n, at, subject, actor, via, adopted, nullif(project, '') AS project, priority, reason FROM p_adoption;

INSERT OR REPLACE INTO p_adoption (n, at, subject, actor, via, adopted, project, priority, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'adopted', coalesce(:payload ->> 'project', ''), :payload ->> 'priority',
  :payload ->> 'reason');
