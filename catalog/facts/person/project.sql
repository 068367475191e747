-- Who somebody is: the newest fact of a person. `bot`: a machine, which pushes and reports, and approves nothing.
CREATE TABLE p_person (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  name TEXT NOT NULL, state TEXT NOT NULL, bot INTEGER,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE INDEX p_person_n ON p_person (n);
CREATE VIEW fact_person AS SELECT n, at, subject, actor, via, name, state, bot FROM p_person;
CREATE TABLE p_person_addresses (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_person_addresses_value ON p_person_addresses (value COLLATE NOCASE);
CREATE VIEW fact_person_addresses AS SELECT n, seq, value FROM p_person_addresses;
CREATE TABLE p_person_accounts (n INTEGER NOT NULL, seq INTEGER NOT NULL, host TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_person_accounts AS SELECT n, seq, host, name FROM p_person_accounts;

DELETE FROM p_person_addresses WHERE n = (SELECT n FROM p_person WHERE subject = :subject);
DELETE FROM p_person_accounts WHERE n = (SELECT n FROM p_person WHERE subject = :subject);
INSERT OR REPLACE INTO p_person (n, at, subject, actor, via, name, state, bot)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'name', :payload ->> 'state', :payload ->> 'bot');
INSERT INTO p_person_addresses SELECT :n, key, value FROM json_each(:payload, '$.addresses');
INSERT INTO p_person_accounts SELECT :n, key, value ->> 'host', value ->> 'name'
FROM json_each(:payload, '$.accounts');
