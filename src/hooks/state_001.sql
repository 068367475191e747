-- Webhooks and what goes to them. Times are Unix seconds.
-- The secrets stand as they are: messages are signed with them. old_secret signs too until old_until. seen: number of the last fact that was looked at.
-- state: 'active', 'off', 'failed' (turned off after failing for days). failing: since when nothing got through.
CREATE TABLE hook (id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL, inside INTEGER NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,
  secret TEXT NOT NULL, old_secret TEXT NOT NULL, old_until INTEGER NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL, failing INTEGER, trouble TEXT, trouble_at INTEGER)
  STRICT, WITHOUT ROWID;
-- state: 'queued', 'delivered', 'failed'. message: the webhook-id, the same for every attempt.
CREATE TABLE delivery (id INTEGER PRIMARY KEY, hook TEXT NOT NULL, message TEXT NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL, created INTEGER NOT NULL, state TEXT NOT NULL,
  tries INTEGER NOT NULL, next INTEGER NOT NULL, ended INTEGER, status INTEGER NOT NULL, answer TEXT NOT NULL, UNIQUE (hook, message)) STRICT;
CREATE INDEX delivery_next ON delivery(state, next);
