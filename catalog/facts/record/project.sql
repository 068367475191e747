-- Items of registers: the newest version of each, its points, and who wrote which version.
CREATE TABLE p_record (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  kind TEXT NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, owner TEXT NOT NULL, content TEXT NOT NULL,
  digest TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, origin TEXT NOT NULL,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE INDEX p_record_number ON p_record (kind, number);
CREATE INDEX p_record_owner ON p_record (owner);
CREATE INDEX p_record_origin ON p_record (origin) WHERE origin <> '';
CREATE VIEW fact_record AS SELECT n, at, subject, actor, via, kind, number, version, title, owner, content, digest, definition, state, phase, origin FROM p_record;
CREATE TABLE p_record_shows (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL, subject TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_record_shows_value ON p_record_shows (value);
CREATE INDEX p_record_shows_subject ON p_record_shows (subject);
CREATE VIEW fact_record_shows AS SELECT n, seq, value, subject FROM p_record_shows;
CREATE TABLE p_record_links (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL, subject TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_record_links_value ON p_record_links (value, subject);
CREATE VIEW fact_record_links AS SELECT n, seq, value, subject FROM p_record_links;
CREATE TABLE p_record_versions (subject TEXT NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (subject, version)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_record_versions AS SELECT n, version AS seq, subject, version, at, actor, digest FROM p_record_versions;
CREATE TABLE p_record_files (n INTEGER NOT NULL, seq INTEGER NOT NULL, subject TEXT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  size INTEGER NOT NULL, received INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_record_files_subject ON p_record_files (subject, digest);
CREATE INDEX p_record_files_digest ON p_record_files (digest);
CREATE VIEW fact_record_files AS SELECT n, seq, subject, digest, name, type, size, received, by FROM p_record_files;

DELETE FROM p_record_shows WHERE n = (SELECT n FROM p_record WHERE subject = :subject);
DELETE FROM p_record_links WHERE n = (SELECT n FROM p_record WHERE subject = :subject);
INSERT OR REPLACE INTO p_record (n, at, subject, actor, via, kind, number, version, title, owner, content, digest, definition, state, phase, origin)
VALUES (:n, :at, :subject, :actor, :via, substr(:subject, 8, instr(:subject, '/') - 8), :payload ->> 'number', :payload ->> 'version', :payload ->> 'title',
  :payload ->> 'owner', :payload ->> 'content', :payload ->> 'digest', :payload ->> 'definition', :payload ->> 'state', :payload ->> 'phase', coalesce(:payload ->> 'origin', ''));
INSERT INTO p_record_shows SELECT :n, key, value, :subject FROM json_each(:payload, '$.shows');
INSERT INTO p_record_links SELECT :n, min(id), atom, :subject FROM json_tree(:payload ->> 'content') WHERE type = 'text' AND atom LIKE 'record:%' GROUP BY atom;
INSERT OR REPLACE INTO p_record_versions (subject, version, n, at, actor, digest)
VALUES (:subject, :payload ->> 'version', :n, :at, :actor, :payload ->> 'digest');
INSERT INTO p_record_files SELECT :n, key, :subject, value ->> 'digest', value ->> 'name', value ->> 'type', value ->> 'size', value ->> 'received', value ->> 'by'
FROM json_each(:payload, '$.files');
