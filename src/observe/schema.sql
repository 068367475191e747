-- What a repository shows, as derived tables: keyed by object ids and paths, rebuilt at will, never authoritative.
-- Rules read the views at the end (documented in docs/formats/facts.md), never the d_ tables.
-- Times are Unix seconds. Booleans are 0 or 1. `person` columns are keyed hashes: equal means the same person, and the
-- value says nothing else; they are never shown. Subjects are written as in docs/formats/subjects.md, with the repository id `self`.

CREATE TABLE d_repository (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  head TEXT NOT NULL,              -- oid of the commit looked at
  rev TEXT NOT NULL,               -- what the user named
  branch TEXT,                     -- full ref name when rev is a branch
  object_format TEXT NOT NULL,     -- sha1, sha256
  shallow INTEGER NOT NULL,        -- history is cut off
  partial INTEGER NOT NULL,        -- objects are missing by design (promisor)
  missing INTEGER NOT NULL,        -- objects that should be there and are not
  commits INTEGER NOT NULL,        -- reachable from head, whole history that is here
  period_commits INTEGER NOT NULL, -- of them, committed in the audit period
  files INTEGER NOT NULL,          -- blobs, symlinks and submodules in the tree
  first_at INTEGER, last_at INTEGER -- committer time of the oldest and newest commit looked at
) STRICT;

-- Commits reachable from head whose committer time lies in the audit period [since, now] or in the future.
CREATE TABLE d_commit (
  oid TEXT PRIMARY KEY,
  position INTEGER NOT NULL,       -- 0 = head, in topological order, newest first
  at INTEGER NOT NULL,             -- committer time
  authored_at INTEGER NOT NULL,
  author TEXT NOT NULL, committer TEXT NOT NULL, -- persons
  author_bot INTEGER NOT NULL,     -- a robot by its name or address ([bot], dependabot, renovate, github-actions …)
  committer_host INTEGER NOT NULL, -- the committer is the hosting service itself (noreply@github.com …)
  parents INTEGER NOT NULL,
  first_parent INTEGER NOT NULL,   -- on the branch's first-parent line
  landed_by TEXT,                  -- oid of the first-parent commit that brought it in (itself when on the line)
  empty_tree_change INTEGER NOT NULL, -- touches no path (unknown of merges, and where the parent is not here: 0)
  subject_line TEXT NOT NULL,      -- first line of the message, made safe to show, at most 200 characters
  conventional TEXT,               -- Conventional Commits type: feat, fix, …
  breaking INTEGER NOT NULL,       -- marked by '!' or a BREAKING CHANGE footer
  is_revert INTEGER NOT NULL,
  change_number INTEGER,           -- pull or merge request number from a merge or squash subject or "See merge request"
  change_kind TEXT,                -- merge, squash
  issue_refs INTEGER NOT NULL,     -- how many issues it names (#123, ABC-123, Fixes:, Closes …), its own change_number apart
  signature TEXT,                  -- openpgp, ssh, x509: present, not verified
  paths INTEGER NOT NULL, code_paths INTEGER NOT NULL, test_paths INTEGER NOT NULL, doc_paths INTEGER NOT NULL,
  vendored_paths INTEGER NOT NULL, -- changed paths by class; merges: 0
  in_future INTEGER NOT NULL       -- committer time after now
) STRICT, WITHOUT ROWID;

CREATE TABLE d_trailer (
  commit_oid TEXT NOT NULL, seq INTEGER NOT NULL,
  key TEXT NOT NULL,               -- lower case: reviewed-by, acked-by, approved-by, tested-by, signed-off-by, co-authored-by, change-id, fixes, closes, …
  person TEXT,                     -- for keys that name a person
  PRIMARY KEY (commit_oid, seq)
) STRICT, WITHOUT ROWID;

-- Paths changed by the period's non-merge commits (git diff-tree, no renames: a move is a D and an A).
CREATE TABLE d_change (
  commit_oid TEXT NOT NULL, path TEXT NOT NULL,
  status TEXT NOT NULL,            -- A, M, D, T
  class TEXT NOT NULL,             -- as d_file.class
  PRIMARY KEY (commit_oid, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX d_change_path ON d_change (path);

CREATE TABLE d_ref (
  name TEXT PRIMARY KEY,           -- full ref name
  oid TEXT NOT NULL,
  kind TEXT NOT NULL               -- branch, tag, remote, note, other
) STRICT, WITHOUT ROWID;

CREATE TABLE d_tag (
  name TEXT PRIMARY KEY,           -- full ref name
  oid TEXT NOT NULL, target TEXT NOT NULL, -- the commit, peeled
  annotated INTEGER NOT NULL,
  signature TEXT,                  -- openpgp, ssh, x509: present, not verified
  tagger TEXT,                     -- person
  at INTEGER NOT NULL,             -- tagger time, or the commit's
  reachable INTEGER,               -- its commit is reachable from head; NULL when not known
  version TEXT,                    -- the version without prefix ("1.2.3-rc.1") when the name is one (v1.2.3, release-1.2, name/1.2.3)
  line TEXT,                       -- what stood before the version ("" for v1.2.3, "name" for name/v1.2.3)
  major INTEGER, minor INTEGER, patch INTEGER,
  prerelease TEXT,                 -- SemVer 2.0.0 §9, NULL when none
  previous TEXT                    -- ref name of the highest lower version on the same line, NULL when first
) STRICT, WITHOUT ROWID;

CREATE TABLE d_file (
  path TEXT PRIMARY KEY,
  oid TEXT NOT NULL, mode INTEGER NOT NULL, -- octal as git prints it, stored as a number (33188 = 100644)
  size INTEGER,                    -- bytes; NULL for submodules and missing blobs
  class TEXT NOT NULL,             -- code, test, doc, config, ci, data, vendored, generated, binary, other, symlink, submodule
  language TEXT,                   -- c, python, typescript …; NULL when unknown
  lines INTEGER,                   -- NULL when not read
  critical_hint TEXT               -- why this is likely security-critical code (authentication, cryptography, session, access_control, payment, secrets, deserialization, upload, command_execution), NULL when not
) STRICT, WITHOUT ROWID;

-- Files of the tree that were not read, or not wholly.
CREATE TABLE d_unread (
  path TEXT PRIMARY KEY,
  why TEXT NOT NULL                -- too_large, missing, partly (a limit of the scanner was reached), refused (no path git would check out; not in d_file)
) STRICT, WITHOUT ROWID;

-- Every line of every file called CODEOWNERS, as each dialect reads it; content_finish() takes the ones in force from here.
CREATE TABLE d_owner_line (
  path TEXT NOT NULL, line INTEGER NOT NULL,
  dialects INTEGER NOT NULL,       -- 1 GitHub, 2 GitLab, 3 both read it alike
  section TEXT, required INTEGER NOT NULL,
  pattern TEXT NOT NULL, error TEXT,
  PRIMARY KEY (path, line, dialects)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_owner_name (
  path TEXT NOT NULL, line INTEGER NOT NULL, dialects INTEGER NOT NULL, seq INTEGER NOT NULL,
  owner TEXT NOT NULL, kind TEXT NOT NULL,
  PRIMARY KEY (path, line, dialects, seq)
) STRICT, WITHOUT ROWID;
-- One row per rule line of the CODEOWNERS file in force (GitHub's search order, else GitLab's).
CREATE TABLE d_owner_rule (
  path TEXT NOT NULL, line INTEGER NOT NULL,
  dialect TEXT NOT NULL,           -- github, gitlab
  section TEXT, required INTEGER NOT NULL, -- GitLab: approvals asked by the section (0 optional, 1 default)
  pattern TEXT NOT NULL, owners INTEGER NOT NULL,
  error TEXT,                      -- why the line does not parse: unsupported_negation, character_class, escaped_hash, invalid_owner, no_owner, file_too_large, too_many_lines, too_complex
  matches INTEGER NOT NULL,        -- files in the tree this line decides (last match wins)
  PRIMARY KEY (path, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_owner (              -- who owns by which line
  rule_line INTEGER NOT NULL, seq INTEGER NOT NULL, owner TEXT NOT NULL, -- person or keyed hash of the team's name
  kind TEXT NOT NULL,              -- user, team, email, role
  PRIMARY KEY (rule_line, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_file_owner (        -- which line decides a file; absent: nobody owns it
  path TEXT PRIMARY KEY, rule_line INTEGER NOT NULL, owners INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE d_publisher (         -- people a file names as maintainers or publishers (MAINTAINERS, OWNERS, package metadata …)
  path TEXT NOT NULL, line INTEGER NOT NULL, person TEXT NOT NULL,
  role TEXT NOT NULL,              -- maintainer, publisher, owner
  PRIMARY KEY (path, line, person)
) STRICT, WITHOUT ROWID;

-- What the data folder knows of this repository and its people, when it is assessed for one; else empty.
CREATE TABLE d_known_person (person TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (person, subject)) STRICT, WITHOUT ROWID; -- person:ID
CREATE TABLE d_recorded (
  facts INTEGER PRIMARY KEY,       -- how many facts the registers are read at
  subject TEXT NOT NULL,           -- repo:ID, as items of registers link to it; empty when it is new there
  project TEXT NOT NULL            -- project:ID, or empty
) STRICT;

-- Documents recognized by their place, name and headings.
CREATE TABLE d_document (
  path TEXT PRIMARY KEY,
  kind TEXT NOT NULL,              -- readme, security_policy, security_txt, contributing, changelog, code_of_conduct, maintainers, governance, license, pull_request_template, issue_template, threat_model, adr, architecture, secure_development_guideline, coding_standard, definition_of_done, review_policy, release_policy, change_management, restoration, deployment, environments, privacy, data_protection, test_policy, metrics, audit_report, outsourcing, sandbox_policy, other
  title TEXT,                      -- first heading, safe to show
  words INTEGER NOT NULL,
  placeholder INTEGER NOT NULL,    -- text to be filled in, or next to nothing (five words); a short text, drawing or table is none
  reviewed_at INTEGER, reviewed_line INTEGER, -- a stated review ("Last reviewed: 2026-01-31", front matter), and where
  approved INTEGER NOT NULL,       -- states who approved it
  expires_at INTEGER               -- security.txt Expires, stated next review
) STRICT, WITHOUT ROWID;
-- What a document talks about, found by headings and phrases; see docs/formats/facts.md for the list of topics.
CREATE TABLE d_topic (
  path TEXT NOT NULL, topic TEXT NOT NULL, line INTEGER NOT NULL,
  heading INTEGER NOT NULL,        -- it has a heading of its own
  PRIMARY KEY (path, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_changelog (
  path TEXT NOT NULL, line INTEGER NOT NULL,
  version TEXT,                    -- NULL for Unreleased
  at INTEGER,                      -- the entry's date, NULL when it has none
  yanked INTEGER NOT NULL, items INTEGER NOT NULL,
  breaking INTEGER NOT NULL,       -- announces a breaking change
  security INTEGER NOT NULL,       -- has a security heading or names a CVE/GHSA
  PRIMARY KEY (path, line)
) STRICT, WITHOUT ROWID;

-- Automation: GitHub Actions, GitLab CI and scripts they or people call.
CREATE TABLE d_ci_file (
  path TEXT PRIMARY KEY, system TEXT NOT NULL, -- github, gitlab, jenkins, azure, circleci, travis, woodpecker, script
  on_push INTEGER NOT NULL, on_change INTEGER NOT NULL, -- runs for pushes; for pull or merge requests
  error TEXT                       -- why it could not be read
) STRICT, WITHOUT ROWID;
CREATE TABLE d_ci_step (
  path TEXT NOT NULL, line INTEGER NOT NULL, role TEXT NOT NULL, -- test, coverage, lint, sast, sca, secret_scan, fuzz, dast, container_scan, sbom, build, sign, provenance, release, deploy, migrate, rollback, accessibility, end_to_end
  job TEXT, environment TEXT,      -- environment named by a deployment
  manual INTEGER NOT NULL,         -- waits for a person (environment, when: manual, workflow_dispatch)
  allow_failure INTEGER NOT NULL,  -- its failure does not fail the run
  PRIMARY KEY (path, line, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_ci_permission (
  path TEXT NOT NULL, line INTEGER NOT NULL, job TEXT, -- NULL: whole workflow
  scope TEXT NOT NULL, level TEXT NOT NULL, -- contents, packages, … or all; read, write, none, unset
  PRIMARY KEY (path, line, scope)
) STRICT, WITHOUT ROWID;
-- Things fetched from elsewhere and what fixes their content.
CREATE TABLE d_pin (
  path TEXT NOT NULL, line INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- action, image, include, download, package
  target TEXT NOT NULL,            -- as written, safe to show
  pinned INTEGER NOT NULL,         -- by digest or commit id
  first_party INTEGER NOT NULL,    -- same repository or the CI system's own publisher (actions/*, github/*)
  PRIMARY KEY (path, line, kind, target)
) STRICT, WITHOUT ROWID;
CREATE TABLE d_manifest (          -- package manifests and the lock file beside them
  path TEXT PRIMARY KEY, ecosystem TEXT NOT NULL, -- npm, pypi, cargo, go, maven, gradle, gem, composer, nuget, …
  lock TEXT,                       -- path of the lock file found, NULL when none
  application INTEGER NOT NULL,    -- an application rather than a library, as far as the manifest tells
  dependencies INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE d_migration (         -- database migrations
  path TEXT PRIMARY KEY, tool TEXT NOT NULL, -- rails, django, alembic, flyway, knex, prisma, goose, golang-migrate, liquibase, …
  has_down INTEGER                 -- 1 yes, 0 no, NULL when the tool has no such notion or only rows are corrected
) STRICT, WITHOUT ROWID;

-- What the scanner found in the tree. The value itself is never stored.
CREATE TABLE d_hit (
  path TEXT NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL,
  rule TEXT NOT NULL,              -- id of the scan rule: aws_access_key, private_key, finnish_personal_identity_code …
  category TEXT NOT NULL,          -- secret, default_password, personal_data, weak_password_hash, tls_verification_off, old_tls, plain_http, production_in_test, download_to_shell
  confidence TEXT NOT NULL,        -- checksum, structure, context
  what TEXT NOT NULL,              -- shown in messages: what was recognized, never the value ("AWS access key id")
  fingerprint TEXT NOT NULL,       -- hex, stable over moves within the file, reveals nothing of the value
  allowed INTEGER NOT NULL,        -- an inline allow with a reason stands beside it
  count INTEGER NOT NULL,          -- occurrences folded into this row; of personal data, different values
  same_value TEXT,                 -- keyed hash: equal where the same value stands elsewhere, NULL when not kept
  PRIMARY KEY (path, line, seq)
) STRICT, WITHOUT ROWID;

-- The views rules may read.
CREATE VIEW repository AS SELECT 'repo:self' AS subject, * FROM d_repository;
-- rewritten: its author applied it again a while after writing it, as "rebase and merge" of a host does
-- version_work: a change that, by its subject line, only gives the software its next version number
CREATE VIEW commits AS SELECT 'commit:self/' || oid AS subject, *,
  committer = author AND at - authored_at > 120 AS rewritten,
  subject_line GLOB '[[]maven-release-plugin]*'
    OR paths <= 100 AND (lower(subject_line) GLOB '*bump version*' OR lower(subject_line) GLOB '*version bump*'
      OR lower(subject_line) GLOB '*version upgrade*' OR lower(subject_line) GLOB '*version update*'
      OR lower(subject_line) GLOB 'prepare *release*' OR lower(subject_line) GLOB 'prepare *development*')
    OR paths <= 12 AND (lower(subject_line) GLOB '*s[ey][tn]* version*' OR lower(subject_line) GLOB '*package version*'
      OR lower(subject_line) GLOB '*version string*' OR subject_line GLOB '*[0-9].[0-9]*' AND (
        lower(subject_line) GLOB '*release*' OR lower(subject_line) GLOB '*version*'
        OR lower(subject_line) GLOB 'bump*' OR lower(subject_line) GLOB '[v0-9]*-dev')) AS version_work
  FROM d_commit;
CREATE VIEW trailers AS SELECT * FROM d_trailer;
CREATE VIEW changes AS SELECT * FROM d_change;
CREATE VIEW refs AS SELECT 'ref:self/' || name AS subject, * FROM d_ref;
CREATE VIEW tags AS SELECT 'ref:self/' || name AS subject, substr(name, 11) AS label, * FROM d_tag;
CREATE VIEW files AS SELECT 'file:self/' || path AS subject, * FROM d_file;
CREATE VIEW owner_rules AS SELECT * FROM d_owner_rule;
CREATE VIEW owners AS SELECT * FROM d_owner;
CREATE VIEW file_owners AS SELECT * FROM d_file_owner;
CREATE VIEW publishers AS SELECT * FROM d_publisher;
CREATE VIEW known_people AS SELECT * FROM d_known_person;
CREATE VIEW recorded AS SELECT * FROM d_recorded;
-- changed_at: newest commit of the period that touched it, NULL when untouched in the period
CREATE VIEW documents AS SELECT 'file:self/' || d.path AS subject, d.*,
  (SELECT max(c.at) FROM d_change x JOIN d_commit c ON c.oid = x.commit_oid WHERE x.path = d.path) AS changed_at FROM d_document d;
CREATE VIEW topics AS SELECT * FROM d_topic;
CREATE VIEW changelog AS SELECT * FROM d_changelog;
CREATE VIEW ci_files AS SELECT * FROM d_ci_file;
CREATE VIEW ci_steps AS SELECT * FROM d_ci_step;
CREATE VIEW ci_permissions AS SELECT * FROM d_ci_permission;
CREATE VIEW pins AS SELECT * FROM d_pin;
CREATE VIEW manifests AS SELECT * FROM d_manifest;
CREATE VIEW migrations AS SELECT * FROM d_migration;
CREATE VIEW hits AS SELECT 'file:self/' || path AS subject, * FROM d_hit;

-- Who looked at whose work: derived once more from the views above, for several rules. rules_ask_none() keeps their rows
-- in tables of the same names while rules run.
-- People beside the author, robots and co-authors apart, who put their name to a commit: by a trailer, by applying or by
-- merging it.
CREATE VIEW reviewers AS
  WITH named(commit_oid, person) AS (
    SELECT c.oid, t.person FROM d_trailer t JOIN d_commit c ON c.oid = t.commit_oid
    WHERE t.key IN ('reviewed-by', 'acked-by', 'approved-by') AND t.person <> c.author
    UNION
    SELECT oid, committer FROM d_commit WHERE committer_host = 0 AND committer <> author
    UNION
    SELECT c.oid, m.author FROM d_commit c JOIN d_commit m ON m.oid = c.landed_by
    WHERE c.first_parent = 0 AND m.parents > 1 AND m.author <> c.author
  ), robots(person) AS MATERIALIZED (SELECT DISTINCT author FROM d_commit WHERE author_bot = 1)
  SELECT n.commit_oid, n.person FROM named n
  WHERE n.person NOT IN (SELECT person FROM robots)
    AND NOT EXISTS (SELECT 1 FROM d_trailer t
                    WHERE t.commit_oid = n.commit_oid AND t.key = 'co-authored-by' AND t.person = n.person);
-- Commits of which a review can be asked: a person's change to code, tests, configuration or automation. persons: how many
-- reviewers; on_host: it came through the host's review or a mailing list's; unclear: it may have, or needs none; moved:
-- somebody else's work, several people's, rewritten, told twice, or only a version number; own: applied by its author.
CREATE VIEW reviews AS
  WITH looked(commit_oid, n) AS MATERIALIZED (SELECT commit_oid, count(*) FROM reviewers GROUP BY commit_oid)
  SELECT c.oid AS commit_oid, c.author, coalesce(l.n, 0) AS persons,
    c.change_number IS NOT NULL OR m.change_number IS NOT NULL
      OR EXISTS (SELECT 1 FROM d_trailer t WHERE t.commit_oid = c.oid
                 AND t.key IN ('change-id', 'reviewed-on', 'reviewed-at', 'differential-revision', 'pr-url',
                               'pull-request', 'merge-request', 'part-of', 'link')) AS on_host,
    c.committer_host = 1 OR c.issue_refs > 0 OR (c.first_parent = 0 AND c.landed_by IS NULL)
      OR (c.paths <= 5 AND c.oid IN (SELECT target FROM d_tag WHERE version IS NOT NULL)) AS unclear,
    c.rewritten OR c.version_work
      OR EXISTS (SELECT 1 FROM d_trailer t
                 WHERE t.commit_oid = c.oid AND t.key = 'co-authored-by' AND t.person <> c.author)
      OR row_number() OVER (PARTITION BY c.author, c.authored_at, c.subject_line ORDER BY c.position) > 1 AS moved,
    c.committer = c.author AS own, c.first_parent
  FROM commits c LEFT JOIN looked l ON l.commit_oid = c.oid
  LEFT JOIN d_commit m ON m.oid = c.landed_by AND m.oid <> c.oid
  WHERE c.parents = 1 AND c.author_bot = 0
    AND c.subject_line NOT GLOB '* using Weblate*' AND c.subject_line NOT GLOB 'New translations *'
    AND (c.code_paths + c.test_paths > 0
         OR EXISTS (SELECT 1 FROM d_change x WHERE x.commit_oid = c.oid AND x.class IN ('config', 'ci')));
-- Whether the period shows that reviewing is the practice here (always one row): two people or more have ten commits, half
-- of the commits that can be judged, and ten of them, came as numbered changes, and rebasing by others is rare; or half of
-- the commits people applied themselves, and ten, carry another's name.
CREATE VIEW review_practice AS
  WITH tally AS (
    SELECT sum(on_host) AS numbered, sum(on_host OR persons > 0 OR NOT unclear) AS judged,
           sum(own AND persons > 0) AS vouched, sum(own AND (persons > 0 OR NOT unclear)) AS own,
           sum(own AND persons = 0 AND NOT on_host AND NOT unclear) AS traceless,
           sum(first_parent AND persons = 1 AND NOT own AND NOT on_host) AS rebased
    FROM reviews
  ), team(n) AS (SELECT count(*) FROM (SELECT author FROM reviews GROUP BY author HAVING count(*) >= 10))
  SELECT coalesce((t.n > 1 AND numbered >= 10 AND 2 * numbered >= judged AND 5 * rebased <= traceless)
                  OR (vouched >= 10 AND 2 * vouched >= own), 0) AS shown
  FROM tally CROSS JOIN team t;
-- People whom a list of maintainers, committers or publishers or CODEOWNERS names by address; not package metadata, nor
-- OWNERS with its accounts. `usable`: the list names no teams, roles or accounts beside.
CREATE VIEW listed AS
  SELECT person, NOT EXISTS (SELECT 1 FROM d_owner WHERE kind IN ('team', 'user', 'role')) AS usable FROM (
    SELECT p.person FROM d_publisher p LEFT JOIN d_document d ON d.path = p.path
    WHERE d.kind IN ('maintainers', 'governance') OR lower(p.path) GLOB '*maintainers*'
       OR lower(p.path) GLOB '*committers*' OR lower(p.path) GLOB '*publishers*'
    UNION
    SELECT owner FROM d_owner WHERE kind = 'email');
