-- The metrics of each day. value in thousandths; NULL: there was nothing to measure.
CREATE TABLE p_measure (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  catalog TEXT NOT NULL, program TEXT NOT NULL) STRICT;
CREATE INDEX p_measure_at ON p_measure (at);
CREATE VIEW fact_measure AS SELECT n, at, subject, actor, via, catalog, program FROM p_measure;
CREATE TABLE p_measure_measures (n INTEGER NOT NULL, seq INTEGER NOT NULL, metric TEXT NOT NULL, rule TEXT NOT NULL,
  value INTEGER, numerator INTEGER, denominator INTEGER,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_measure_measures AS SELECT n, seq, metric, rule, value, numerator, denominator FROM p_measure_measures;

INSERT INTO p_measure (n, at, subject, actor, via, catalog, program)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'catalog', :payload ->> 'program');
INSERT INTO p_measure_measures SELECT :n, key, value ->> 'metric', value ->> 'rule', value ->> 'value', value ->> 'numerator', value ->> 'denominator'
FROM json_each(:payload, '$.measures');
