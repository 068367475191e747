-- That something a person signs in with has changed; never what it is.
CREATE TABLE p_credential (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  what TEXT NOT NULL, change TEXT NOT NULL, fingerprint TEXT, made_by TEXT, makers_browser INTEGER) STRICT;
CREATE INDEX p_credential_subject ON p_credential (subject);
CREATE INDEX p_credential_by_maker ON p_credential (at) WHERE makers_browser = 1;
CREATE VIEW fact_credential AS SELECT n, at, subject, actor, via, what, change, fingerprint, made_by, makers_browser FROM p_credential;

INSERT INTO p_credential (n, at, subject, actor, via, what, change, fingerprint, made_by, makers_browser)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'what', :payload ->> 'change', :payload ->> 'fingerprint',
  :payload ->> 'made_by', :payload ->> 'makers_browser');
