-- What each imported library says, in parts, as it was handed in last.
CREATE TABLE p_imported_text (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  library TEXT NOT NULL, digest TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (library, part)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_imported_text AS SELECT n, at, subject, actor, via, library, digest, part, text FROM p_imported_text;

INSERT OR REPLACE INTO p_imported_text (n, at, subject, actor, via, library, digest, part, text)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'library', :payload ->> 'digest', :payload ->> 'part', :payload ->> 'text');
