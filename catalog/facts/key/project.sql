-- A person's keys: the newest fact of each.
CREATE TABLE p_key (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  fingerprint TEXT NOT NULL, type TEXT NOT NULL, public TEXT NOT NULL, state TEXT NOT NULL, expires INTEGER,
  PRIMARY KEY (subject, fingerprint)) STRICT, WITHOUT ROWID;
CREATE INDEX p_key_fingerprint ON p_key (fingerprint);
CREATE VIEW fact_key AS SELECT n, at, subject, actor, via, fingerprint, type, public, state, expires FROM p_key;

INSERT OR REPLACE INTO p_key (n, at, subject, actor, via, fingerprint, type, public, state, expires)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'fingerprint', :payload ->> 'type', :payload ->> 'public', :payload ->> 'state', :payload ->> 'expires');
