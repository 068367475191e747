-- Groups of people: the newest fact of each.
CREATE TABLE p_group (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  name TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE INDEX p_group_n ON p_group (n);
CREATE VIEW fact_group AS SELECT n, at, subject, actor, via, name, state FROM p_group;
CREATE TABLE p_group_members (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_group_members_value ON p_group_members (value);
CREATE VIEW fact_group_members AS SELECT n, seq, value FROM p_group_members;

DELETE FROM p_group_members WHERE n = (SELECT n FROM p_group WHERE subject = :subject);
INSERT OR REPLACE INTO p_group (n, at, subject, actor, via, name, state)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'name', :payload ->> 'state');
INSERT INTO p_group_members SELECT :n, key, value FROM json_each(:payload, '$.members');
