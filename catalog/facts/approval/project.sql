-- What was decided of a request: the newest decision, and the one by which the act was done.
CREATE TABLE p_approval (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  request INTEGER NOT NULL, decision TEXT NOT NULL, reason TEXT NOT NULL, solo INTEGER, act INTEGER,
  PRIMARY KEY (request)) STRICT, WITHOUT ROWID;
CREATE INDEX p_approval_decision ON p_approval (decision);
CREATE VIEW fact_approval AS SELECT n, at, subject, actor, via, request, decision, reason, solo, act FROM p_approval;

INSERT INTO p_approval (n, at, subject, actor, via, request, decision, reason, solo, act)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'request', :payload ->> 'decision', :payload ->> 'reason',
  CASE WHEN :payload ->> 'decision' = 'solo' THEN :n END, CASE WHEN :payload ->> 'decision' IN ('solo', 'approved') THEN :n + 1 END)
ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at, subject = excluded.subject, actor = excluded.actor, via = excluded.via,
  decision = excluded.decision, reason = excluded.reason, solo = coalesce(excluded.solo, solo), act = coalesce(excluded.act, act);
