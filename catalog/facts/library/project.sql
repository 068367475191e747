-- Libraries that were imported on pages, each as it stands; removed ones too.
CREATE TABLE p_library (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  library TEXT PRIMARY KEY, state TEXT NOT NULL, urn TEXT NOT NULL, name TEXT NOT NULL, provider TEXT NOT NULL, licence TEXT NOT NULL,
  version INTEGER NOT NULL, edition TEXT NOT NULL, framework TEXT NOT NULL, digest TEXT NOT NULL, bytes INTEGER NOT NULL,
  parts INTEGER NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIEW fact_library AS SELECT n, at, subject, actor, via, library, state, urn, name, provider, licence, version, edition,
  framework, digest, bytes, parts, reason FROM p_library;

INSERT OR REPLACE INTO p_library (n, at, subject, actor, via, library, state, urn, name, provider, licence, version, edition,
  framework, digest, bytes, parts, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'library', :payload ->> 'state', :payload ->> 'urn', :payload ->> 'name',
  :payload ->> 'provider', :payload ->> 'licence', :payload ->> 'version', :payload ->> 'edition', :payload ->> 'framework',
  :payload ->> 'digest', :payload ->> 'bytes', :payload ->> 'parts', :payload ->> 'reason');
