-- Reports that were handed in, of what was found out about a state of the code. Of those of one name that somebody sends for one tree, the newest counts.
CREATE TABLE p_evidence (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  repository TEXT NOT NULL, commit_oid TEXT NOT NULL, tree_oid TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
  effective_at INTEGER, tests INTEGER, failures INTEGER, errors INTEGER, skipped INTEGER, level_error INTEGER, level_warning INTEGER, level_note INTEGER,
  suppressed INTEGER, components INTEGER, vulnerabilities INTEGER, lines INTEGER, covered INTEGER, score INTEGER, predicate TEXT, signer TEXT, key TEXT,
  bound INTEGER NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_evidence_tree ON p_evidence (repository, tree_oid, n);
CREATE INDEX p_evidence_repository ON p_evidence (repository, n);
CREATE INDEX p_evidence_digest ON p_evidence (digest);
CREATE VIEW fact_evidence AS SELECT n, at, subject, actor, via, repository, commit_oid, tree_oid, type, name, digest, size, effective_at, tests, failures, errors,
  skipped, level_error, level_warning, level_note, suppressed, components, vulnerabilities, lines, covered, score, predicate, signer, key, bound FROM p_evidence;
CREATE TABLE p_evidence_subjects (n INTEGER NOT NULL, seq INTEGER NOT NULL, algorithm TEXT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_evidence_subjects AS SELECT n, seq, algorithm, digest FROM p_evidence_subjects;

INSERT INTO p_evidence (n, at, subject, actor, via, repository, commit_oid, tree_oid, type, name, digest, size, effective_at, tests, failures, errors, skipped,
  level_error, level_warning, level_note, suppressed, components, vulnerabilities, lines, covered, score, predicate, signer, key, bound)
VALUES (:n, :at, :subject, :actor, :via, 'repo:' || substr(:subject, 8, 20), substr(:subject, 29), :payload ->> 'tree_oid', :payload ->> 'type',
  :payload ->> 'name', :payload ->> 'digest', :payload ->> 'size', :payload ->> 'effective_at', :payload ->> 'tests', :payload ->> 'failures',
  :payload ->> 'errors', :payload ->> 'skipped', :payload ->> 'level_error', :payload ->> 'level_warning', :payload ->> 'level_note',
  :payload ->> 'suppressed', :payload ->> 'components', :payload ->> 'vulnerabilities', :payload ->> 'lines', :payload ->> 'covered', :payload ->> 'score',
  :payload ->> 'predicate', :payload ->> 'signer', :payload ->> 'key', coalesce(:payload ->> 'bound', 0));
INSERT INTO p_evidence_subjects SELECT :n, key, value ->> 'algorithm', value ->> 'digest' FROM json_each(:payload, '$.subjects');
