-- Which server outside is told of which events. Never the secret, nor more of the address than its origin.
CREATE TABLE p_webhook (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  webhook TEXT NOT NULL, origin TEXT NOT NULL, inside INTEGER NOT NULL, state TEXT NOT NULL, change TEXT,
  PRIMARY KEY (subject, webhook)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_webhook AS SELECT n, at, subject, actor, via, webhook, origin, inside, state, change FROM p_webhook;
CREATE TABLE p_webhook_events (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_webhook_events AS SELECT n, seq, value FROM p_webhook_events;

DELETE FROM p_webhook_events WHERE n = (SELECT n FROM p_webhook WHERE subject = :subject AND webhook = :payload ->> 'webhook');
INSERT OR REPLACE INTO p_webhook (n, at, subject, actor, via, webhook, origin, inside, state, change)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'webhook', :payload ->> 'origin', :payload ->> 'inside', :payload ->> 'state', :payload ->> 'change');
INSERT INTO p_webhook_events SELECT :n, key, value FROM json_each(:payload, '$.events');
