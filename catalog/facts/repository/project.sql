-- The newest fact of a repository.
CREATE TABLE p_repository (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  name TEXT NOT NULL, project TEXT NOT NULL, main TEXT NOT NULL, state TEXT NOT NULL, location TEXT, schedule INTEGER, hosted INTEGER, gate TEXT, accounts TEXT,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_repository AS SELECT n, at, subject, actor, via, name, project, main, state, location, schedule, hosted, gate, accounts FROM p_repository;

INSERT OR REPLACE INTO p_repository (n, at, subject, actor, via, name, project, main, state, location, schedule, hosted, gate, accounts)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'name', :payload ->> 'project', :payload ->> 'main', :payload ->> 'state',
  :payload ->> 'location', :payload ->> 'schedule', :payload ->> 'hosted',
  :payload ->> 'gate', :payload ->> 'accounts');
