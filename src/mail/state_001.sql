-- The mail server, and mail on its way. Times are Unix seconds.
-- One row. The password stands as it is: it is sent there. since: when this server began to send; caught_up 0: what is open then was told by another server.
-- trouble: why the last attempt came to nothing; again: no attempt before.
CREATE TABLE mail_server (one INTEGER PRIMARY KEY CHECK (one = 1), host TEXT NOT NULL, port INTEGER NOT NULL, security TEXT NOT NULL, account TEXT NOT NULL, password TEXT NOT NULL,
  ca TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL, active INTEGER NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL, caught_up INTEGER NOT NULL,
  trouble TEXT, trouble_at INTEGER, fails INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0) STRICT;
-- state: 'queued', 'sending' (handed to the server: after a crash nobody knows, and it is not sent again by itself), 'sent', 'failed', 'unknown'.
-- What was sent has no text any more.
CREATE TABLE mail (id TEXT PRIMARY KEY, person TEXT NOT NULL, purpose TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, lang TEXT NOT NULL, subject TEXT NOT NULL,
  text TEXT NOT NULL, html TEXT NOT NULL, preferences TEXT NOT NULL, created INTEGER NOT NULL, until INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, next INTEGER NOT NULL,
  ended INTEGER, answer TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX mail_by_state ON mail(state, next);
CREATE INDEX mail_by_person ON mail(person);
