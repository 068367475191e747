-- What the server has attested of published commits. The signed texts stand in the log alone: they are read by the fact's number.
CREATE TABLE p_attestation (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  repository TEXT NOT NULL, ref TEXT NOT NULL, push INTEGER NOT NULL, level INTEGER NOT NULL, history_since TEXT, controls_since TEXT, review_since TEXT,
  key TEXT NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_attestation_subject ON p_attestation (subject, n);
CREATE INDEX p_attestation_repository ON p_attestation (repository, push);
CREATE INDEX p_attestation_push ON p_attestation (push, ref);
CREATE VIEW fact_attestation AS SELECT n, at, subject, actor, via, repository, ref, push, level, history_since, controls_since, review_since, key
FROM p_attestation;
CREATE TABLE p_attestation_properties (n INTEGER NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL, item TEXT NOT NULL, text INTEGER NOT NULL, since TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_attestation_properties AS SELECT n, seq, name, item, text, since FROM p_attestation_properties;

INSERT INTO p_attestation (n, at, subject, actor, via, repository, ref, push, level, history_since, controls_since, review_since, key)
VALUES (:n, :at, :subject, :actor, :via, 'repo:' || substr(:subject, 8, 20), :payload ->> 'ref', :payload ->> 'push', :payload ->> 'level',
  :payload ->> 'history_since', :payload ->> 'controls_since', :payload ->> 'review_since', :payload ->> 'key');
INSERT INTO p_attestation_properties SELECT :n, key, value ->> 'name', value ->> 'item', value ->> 'text', value ->> 'since'
  FROM json_each(:payload, '$.properties');
