-- Failed attempts to sign in, summed by the hour: how many were wrong, how many came too soon, of how many accounts and networks.
CREATE TABLE p_sign_in (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL, failed INTEGER NOT NULL, refused INTEGER NOT NULL, accounts INTEGER NOT NULL, networks INTEGER NOT NULL) STRICT;
CREATE VIEW fact_sign_in AS SELECT n, at, subject, actor, via, since, until, failed, refused, accounts, networks FROM p_sign_in;

INSERT INTO p_sign_in (n, at, subject, actor, via, since, until, failed, refused, accounts, networks)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'since', :payload ->> 'until', :payload ->> 'failed', :payload ->> 'refused',
  :payload ->> 'accounts', :payload ->> 'networks');
