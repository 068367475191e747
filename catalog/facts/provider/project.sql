-- A server outside that people may sign in at: what is set up about it now. Never the secret.
CREATE TABLE p_provider (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  provider TEXT NOT NULL, issuer TEXT NOT NULL, client TEXT NOT NULL, state TEXT NOT NULL, by_address INTEGER NOT NULL, believes INTEGER NOT NULL,
  PRIMARY KEY (subject, provider)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_provider AS SELECT n, at, subject, actor, via, provider, issuer, client, state, by_address, believes FROM p_provider;

INSERT OR REPLACE INTO p_provider (n, at, subject, actor, via, provider, issuer, client, state, by_address, believes)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'provider', :payload ->> 'issuer', :payload ->> 'client', :payload ->> 'state',
  :payload ->> 'by_address', :payload ->> 'believes');
