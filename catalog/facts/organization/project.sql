-- What the organization calls itself and starts from.
CREATE TABLE p_organization (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  name TEXT NOT NULL, language TEXT NOT NULL, preset TEXT NOT NULL, time_zone TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_organization AS SELECT n, at, subject, actor, via, name, language, preset, time_zone FROM p_organization;

INSERT OR REPLACE INTO p_organization (n, at, subject, actor, via, name, language, preset, time_zone)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'name', :payload ->> 'language', :payload ->> 'preset', :payload ->> 'time_zone');
