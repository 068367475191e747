-- Roles of people and groups, in the organization or a project: the newest fact of each. `until` NULL: no end.
CREATE TABLE p_role (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  role TEXT NOT NULL, scope TEXT NOT NULL, state TEXT NOT NULL, until INTEGER,
  PRIMARY KEY (subject, role, scope)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_role AS SELECT n, at, subject, actor, via, role, scope, state, until FROM p_role;

INSERT OR REPLACE INTO p_role (n, at, subject, actor, via, role, scope, state, until)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'role', :payload ->> 'scope', :payload ->> 'state', :payload ->> 'until');
