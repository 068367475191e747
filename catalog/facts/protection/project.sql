-- Which refs of a repository are protected, and how: the newest fact of each pattern.
CREATE TABLE p_protection (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  pattern TEXT NOT NULL, reviewers INTEGER NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, signatures INTEGER, resolved INTEGER NOT NULL,
  PRIMARY KEY (subject, pattern)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_protection AS SELECT n, at, subject, actor, via, pattern, reviewers, method, state, reason, signatures, resolved FROM p_protection;
CREATE TABLE p_protection_publishers (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_protection_publishers AS SELECT n, seq, value FROM p_protection_publishers;

DELETE FROM p_protection_publishers WHERE n = (SELECT n FROM p_protection WHERE subject = :subject AND pattern = :payload ->> 'pattern');
INSERT OR REPLACE INTO p_protection (n, at, subject, actor, via, pattern, reviewers, method, state, reason, signatures, resolved)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'pattern', :payload ->> 'reviewers', :payload ->> 'method', :payload ->> 'state', :payload ->> 'reason', :payload ->> 'signatures',
  coalesce(:payload ->> 'resolved', 0));
INSERT INTO p_protection_publishers SELECT :n, key, value FROM json_each(:payload, '$.publishers');
