-- Keys by which the server signs what it publishes; `first` and `since` are number and time of the first fact of each.
CREATE TABLE p_source_key (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  first INTEGER NOT NULL, since INTEGER NOT NULL, fingerprint TEXT NOT NULL, public TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (fingerprint)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_source_key AS SELECT n, at, subject, actor, via, first, since, fingerprint, public, state FROM p_source_key;

INSERT INTO p_source_key (n, at, subject, actor, via, first, since, fingerprint, public, state)
VALUES (:n, :at, :subject, :actor, :via, :n, :at, :payload ->> 'fingerprint', :payload ->> 'public', :payload ->> 'state')
ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at, actor = excluded.actor, via = excluded.via, state = excluded.state;
