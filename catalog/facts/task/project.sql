-- Who looks after a task, by when and how: in the organization, and, where a project has its own, there.
CREATE TABLE p_task (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  owner TEXT NOT NULL, due INTEGER NOT NULL, priority TEXT, process TEXT NOT NULL, review_days INTEGER NOT NULL, reviewed_at INTEGER,
  project TEXT NOT NULL, PRIMARY KEY (subject, project)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_task AS SELECT n, at, subject, actor, via, owner, due, priority, process, review_days, reviewed_at FROM p_task
WHERE project = '';
CREATE VIEW fact_task_project AS SELECT n, 0 AS seq, at, subject, actor, via, owner, due, process, review_days, reviewed_at, project FROM p_task
WHERE project <> '';
CREATE TABLE p_task_participants (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_task_participants AS SELECT n, seq, value FROM p_task_participants;

DELETE FROM p_task_participants WHERE n = (SELECT n FROM p_task WHERE subject = :subject AND project = coalesce(:payload ->> 'project', ''));
INSERT OR REPLACE INTO p_task (n, at, subject, actor, via, owner, due, priority, process, review_days, reviewed_at, project)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'owner', :payload ->> 'due', :payload ->> 'priority', :payload ->> 'process',
  :payload ->> 'review_days', :payload ->> 'reviewed_at', coalesce(:payload ->> 'project', ''));
INSERT INTO p_task_participants SELECT :n, key, value FROM json_each(:payload, '$.participants');
