-- The newest fact of a project.
CREATE TABLE p_project (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  name TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_project AS SELECT n, at, subject, actor, via, name, title, state FROM p_project;

INSERT OR REPLACE INTO p_project (n, at, subject, actor, via, name, title, state)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'name', :payload ->> 'title', :payload ->> 'state');
