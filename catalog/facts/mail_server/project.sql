-- By which server mail goes, and which installation of those that share the log sends it. Never the password.
CREATE TABLE p_mail_server (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  server TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, security TEXT NOT NULL, sign_in INTEGER NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_mail_server AS SELECT n, at, subject, actor, via, server, host, port, security, sign_in, state FROM p_mail_server;

INSERT OR REPLACE INTO p_mail_server (n, at, subject, actor, via, server, host, port, security, sign_in, state)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'server', :payload ->> 'host', :payload ->> 'port', :payload ->> 'security', :payload ->> 'sign_in',
  :payload ->> 'state');
