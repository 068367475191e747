-- Changes: each as its newest fact says; `owner` and `opened` are of the first.
CREATE TABLE p_change (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  owner TEXT NOT NULL, opened INTEGER NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL, target TEXT NOT NULL, topic TEXT NOT NULL,
  title TEXT NOT NULL, description TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE INDEX p_change_number ON p_change (repository, number);
CREATE INDEX p_change_state ON p_change (state, repository, target);
CREATE VIEW fact_change AS SELECT n, at, subject, actor, via, owner, opened, repository, number, target, topic, title, description, state FROM p_change;

INSERT INTO p_change (n, at, subject, actor, via, owner, opened, repository, number, target, topic, title, description, state)
VALUES (:n, :at, :subject, :actor, :via, :actor, :at, :payload ->> 'repository', :payload ->> 'number', :payload ->> 'target', :payload ->> 'topic',
  :payload ->> 'title', :payload ->> 'description', :payload ->> 'state')
ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at, actor = excluded.actor, via = excluded.via, target = excluded.target, topic = excluded.topic,
  title = excluded.title, description = excluded.description, state = excluded.state;
