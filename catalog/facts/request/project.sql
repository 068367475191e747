-- What somebody asks a second person to approve: a fact of `kind` with `payload` about the same subject.
CREATE TABLE p_request (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  kind TEXT NOT NULL, payload TEXT NOT NULL, reason TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX p_request_subject ON p_request (subject);
CREATE INDEX p_request_until ON p_request (until);
CREATE VIEW fact_request AS SELECT n, at, subject, actor, via, kind, payload, reason, until FROM p_request;

INSERT INTO p_request (n, at, subject, actor, via, kind, payload, reason, until)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'kind', :payload ->> 'payload', :payload ->> 'reason', :payload ->> 'until');
