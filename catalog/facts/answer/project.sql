-- What an audit says of each requirement it goes through; the newest word on each.
CREATE TABLE p_answer (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  list TEXT NOT NULL, requirement TEXT NOT NULL, answer TEXT NOT NULL, note TEXT NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (subject, list, requirement)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_answer AS SELECT n, at, subject, actor, via, list, requirement, answer, note, evidence FROM p_answer;

INSERT OR REPLACE INTO p_answer (n, at, subject, actor, via, list, requirement, answer, note, evidence)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'list', :payload ->> 'requirement', :payload ->> 'answer', :payload ->> 'note',
  :payload ->> 'evidence');
