-- Second factors and accounts elsewhere. Times are Unix seconds.
-- One-time passwords. The secret stands as it is: codes are computed from it. confirmed 0: shown, not yet proved; used: the last step taken.
CREATE TABLE totp (person TEXT PRIMARY KEY, secret BLOB NOT NULL, confirmed INTEGER NOT NULL, used INTEGER NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Passkeys: nothing secret. doubtful: since when its counter is known to have gone back.
CREATE TABLE passkey (credential BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, name TEXT NOT NULL, site TEXT NOT NULL, algorithm INTEGER NOT NULL, public BLOB NOT NULL,
  counter INTEGER NOT NULL, verified INTEGER NOT NULL, eligible INTEGER NOT NULL, backed_up INTEGER NOT NULL, model BLOB NOT NULL, created INTEGER NOT NULL, seen INTEGER, doubtful INTEGER)
  STRICT, WITHOUT ROWID;
CREATE INDEX passkey_person ON passkey(person);
-- What was asked of an authenticator, for one answer. person: whose passkey is to be made or shown; NULL: whoever shows one.
CREATE TABLE ceremony (challenge BLOB PRIMARY KEY, making INTEGER NOT NULL, person TEXT, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX ceremony_until ON ceremony(until);
-- Servers people may sign in at. The secret stands as it is: it is sent there. document and keys: what was last fetched; failed_at: when fetching failed.
CREATE TABLE provider (id TEXT PRIMARY KEY, name TEXT NOT NULL, issuer TEXT NOT NULL UNIQUE, client TEXT NOT NULL, secret TEXT NOT NULL, by_address INTEGER NOT NULL, believes INTEGER NOT NULL,
  active INTEGER NOT NULL, version INTEGER NOT NULL, document TEXT, document_at INTEGER, keys TEXT, keys_at INTEGER, failed_at INTEGER) STRICT, WITHOUT ROWID;
-- Sign-ins under way there: state and the browser's cookie as hashes. person, session: who links an account of theirs.
CREATE TABLE flow (hash BLOB PRIMARY KEY, browser BLOB NOT NULL, provider TEXT NOT NULL, nonce TEXT NOT NULL, verifier TEXT NOT NULL, redirect TEXT NOT NULL, landing TEXT NOT NULL,
  person TEXT, session TEXT, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX flow_until ON flow(until);
-- Who is who there. An account is one person's.
CREATE TABLE foreign_account (issuer TEXT NOT NULL, subject TEXT NOT NULL, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, created INTEGER NOT NULL, seen INTEGER, PRIMARY KEY (issuer, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX foreign_account_person ON foreign_account(person);
