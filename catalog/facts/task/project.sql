-- Who looks after a task, by when and how.
CREATE TABLE p_task (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  owner TEXT NOT NULL, due INTEGER NOT NULL, priority TEXT, process TEXT NOT NULL, review_days INTEGER NOT NULL, reviewed_at INTEGER,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_task AS SELECT n, at, subject, actor, via, owner, due, priority, process, review_days, reviewed_at FROM p_task;
CREATE TABLE p_task_participants (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_task_participants AS SELECT n, seq, value FROM p_task_participants;

DELETE FROM p_task_participants WHERE n = (SELECT n FROM p_task WHERE subject = :subject);
INSERT OR REPLACE INTO p_task (n, at, subject, actor, via, owner, due, priority, process, review_days, reviewed_at)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'owner', :payload ->> 'due', :payload ->> 'priority', :payload ->> 'process',
  :payload ->> 'review_days', :payload ->> 'reviewed_at');
INSERT INTO p_task_participants SELECT :n, key, value FROM json_each(:payload, '$.participants');
