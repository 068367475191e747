-- What became of what a gate allowed; `settled`: found out later, after a crash.
CREATE TABLE p_outcome (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  decision INTEGER NOT NULL, outcome TEXT NOT NULL, settled INTEGER,
  PRIMARY KEY (decision)) STRICT, WITHOUT ROWID;
-- What a decision let in and is not where it was to go: each ref by its subject, or (NULL) all of them.
CREATE TABLE p_outcome_stayed (n INTEGER NOT NULL, decision INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT, PRIMARY KEY (decision, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_outcome_stayed AS SELECT n, decision, seq, ref FROM p_outcome_stayed;
CREATE VIEW fact_outcome AS SELECT n, at, subject, actor, via, decision, outcome, settled FROM p_outcome;

INSERT OR REPLACE INTO p_outcome (n, at, subject, actor, via, decision, outcome, settled)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'decision', :payload ->> 'outcome', :payload ->> 'settled');
DELETE FROM p_outcome_stayed WHERE decision = :payload ->> 'decision';
INSERT INTO p_outcome_stayed SELECT :n, :payload ->> 'decision', key, value FROM json_each(:payload, '$.stayed');
INSERT INTO p_outcome_stayed SELECT :n, :payload ->> 'decision', -1, NULL WHERE :payload ->> 'outcome' = 'not_done';
