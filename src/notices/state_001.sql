-- Who wants to hear what, what was told, and personal links to the calendar. Times are Unix seconds.
-- One row for who has chosen: for each group 'now', 'daily', 'weekly' or 'none'; quiet hours of the organization's time zone, from = to: none.
CREATE TABLE wish (person TEXT PRIMARY KEY, work TEXT NOT NULL, approvals TEXT NOT NULL, mentions TEXT NOT NULL, exceptions TEXT NOT NULL, summary INTEGER NOT NULL,
  quiet_from INTEGER NOT NULL, quiet_to INTEGER NOT NULL, weekends INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- A thing is told to a person once. Written in the transaction that puts the mail into the queue. person 'hook': to webhooks.
CREATE TABLE told (person TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, moment INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (person, what, subject, moment)) STRICT, WITHOUT ROWID;
CREATE INDEX told_at ON told(at);
-- SHA-256 of the link's secret; one a person.
CREATE TABLE feed (hash BLOB PRIMARY KEY, person TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, seen INTEGER) STRICT, WITHOUT ROWID;
