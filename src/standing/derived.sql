-- DIR/derived.db: what pages read of where the organization stands. Of the class "derived": made from facts (the views of docs/formats/subjects.md) and
-- from the kept reports (DIR/reports/DIGEST.json) alone, brought up to date by standing_refresh(), rebuilt at will. Deleting the file loses nothing.
-- Only that library writes here, but for `measured`. A refresh is one transaction, so that a reader sees all tables of one moment.
--
-- scope: 'org', or 'project:ID' of each active project. day: '2026-06-30' (UTC) for what a recorded `verdicts` fact of that scope says (the last one of
-- that day), or 'now', which sorts after every date. So the standing at a date is one query, for today too:
--   SELECT … FROM point WHERE scope = :scope AND day = (SELECT max(day) FROM day WHERE scope = :scope AND day <= :at)      -- :at a date, or 'now'
-- The daily fact is recorded for 'org'; a project has days only when somebody recorded verdicts of it.
-- Words (verdict, status, assurance, coverage) are those of docs/formats/facts.md; times are Unix seconds; what does not apply is NULL.

-- How far this is. One row; `facts` is how many facts of the ledger it has seen.
CREATE TABLE refreshed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  facts INTEGER NOT NULL,
  last_fact TEXT NOT NULL,    -- digest of the last entry seen: another one means another ledger
  catalog TEXT NOT NULL,      -- digest of the catalog it was judged with
  preset TEXT NOT NULL,       -- key, '' none
  at INTEGER NOT NULL,        -- when it was last brought up to date
  whole INTEGER NOT NULL,     -- when last wholly
  next INTEGER                -- when something changes without a fact: a waiver ends, something turns stale or due …
) STRICT;

-- One row for each scope and day: the trend, and which days there are.
CREATE TABLE day (
  scope TEXT NOT NULL,
  day TEXT NOT NULL,
  fact INTEGER,               -- the verdicts fact; NULL for now
  at INTEGER,                 -- its time; NULL for now
  catalog TEXT NOT NULL,      -- digest of the catalog it was judged with; of a past day points that the present catalog lacks are left out
  repositories INTEGER, assessed INTEGER, stale INTEGER,   -- active ones, those with verdicts, those judged too long ago; NULL for a past day
  findings INTEGER,           -- open ones (below); NULL for a past day
  fully_done INTEGER NOT NULL, mostly_done INTEGER NOT NULL, partly_done INTEGER NOT NULL, not_done INTEGER NOT NULL, not_relevant INTEGER NOT NULL, -- tasks
  exceptions INTEGER NOT NULL, -- of the tasks fully done, those with waived or treated points
  -- points that count as must (a must of the catalog, or adopted), by verdict
  not_applicable INTEGER NOT NULL, waived INTEGER NOT NULL, violated INTEGER NOT NULL, treated INTEGER NOT NULL, at_risk INTEGER NOT NULL,
  partly_met INTEGER NOT NULL, met INTEGER NOT NULL, no_evidence INTEGER NOT NULL,
  PRIMARY KEY (scope, day)
) STRICT, WITHOUT ROWID;

-- Tasks of the catalog, in its order.
CREATE TABLE task (
  scope TEXT NOT NULL,
  day TEXT NOT NULL,
  seq INTEGER NOT NULL,       -- place in the catalog, from 0
  task TEXT NOT NULL,         -- key
  priority TEXT NOT NULL,     -- the organization's own where a task fact says so, else the catalog's
  status TEXT NOT NULL,
  exceptions INTEGER NOT NULL, -- 1: done with waived or treated points
  designed TEXT NOT NULL, operating TEXT NOT NULL,  -- verdicts
  assurance TEXT NOT NULL,
  musts INTEGER NOT NULL, musts_met INTEGER NOT NULL, -- points that count as must and are applicable; of these met, treated or waived
  failing INTEGER NOT NULL,   -- subjects, over all points
  PRIMARY KEY (scope, day, task)
) STRICT, WITHOUT ROWID;

-- Requirement points.
CREATE TABLE point (
  scope TEXT NOT NULL,
  day TEXT NOT NULL,
  seq INTEGER NOT NULL,       -- place among all points of the catalog, from 0
  task TEXT NOT NULL,
  point TEXT NOT NULL,        -- task/key, as `obligation:` subjects name it
  must INTEGER NOT NULL,      -- 1: counts as must
  adopted INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  assurance TEXT NOT NULL,
  in_scope INTEGER NOT NULL, judged INTEGER NOT NULL, failing INTEGER NOT NULL,   -- subjects
  at INTEGER,                 -- when the newest verdict behind it was recorded
  due INTEGER,                -- when the next thing that is fine turns out of date, by the rule itself
  PRIMARY KEY (scope, day, point)
) STRICT, WITHOUT ROWID;
CREATE INDEX point_by_task ON point (scope, day, task, seq);

-- Control coverage: the grid of each framework.
CREATE TABLE control (
  scope TEXT NOT NULL,
  day TEXT NOT NULL,
  framework TEXT NOT NULL,    -- key
  seq INTEGER NOT NULL,       -- place in the framework
  control TEXT NOT NULL,      -- id
  coverage TEXT NOT NULL,
  tasks INTEGER NOT NULL, tasks_done INTEGER NOT NULL, -- mapped to it and relevant; of these fully done
  PRIMARY KEY (scope, day, framework, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX control_by_id ON control (scope, framework, control, day);

-- Active repositories, as now.
CREATE TABLE repository (
  repository TEXT PRIMARY KEY, -- repo:ID
  name TEXT NOT NULL,         -- raw
  project TEXT,               -- project:ID
  verdicts INTEGER,           -- number of its newest verdicts fact; NULL: not assessed yet, as all that follows
  at INTEGER,                 -- when that was recorded
  stale INTEGER,              -- 1: too long ago, counts a level less
  catalog TEXT,               -- digest of the catalog it was judged with
  assessment INTEGER,         -- number of the newest assessment fact before it
  head TEXT,                  -- oid looked at
  report TEXT,                -- digest of the report
  has_report INTEGER,         -- 1: it is kept, and its findings stand below; 0: the file is missing or is not what the fact names
  violated INTEGER, met INTEGER, no_evidence INTEGER,  -- points as it was judged
  findings INTEGER            -- open ones
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_by_name ON repository (name, repository);
CREATE INDEX repository_by_project ON repository (project, name, repository);

-- Points of one repository, by its newest verdicts, with what the organization has made its own.
CREATE TABLE repository_point (
  repository TEXT NOT NULL,
  seq INTEGER NOT NULL,
  task TEXT NOT NULL,
  point TEXT NOT NULL,
  verdict TEXT NOT NULL,
  assurance TEXT NOT NULL,
  in_scope INTEGER NOT NULL, judged INTEGER NOT NULL, failing INTEGER NOT NULL,
  due INTEGER,
  PRIMARY KEY (repository, point)
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_point_by_point ON repository_point (point, verdict);

-- What the rules over the organization found: one row for each point that has such a rule. It counts in every scope.
CREATE TABLE organization_point (
  seq INTEGER PRIMARY KEY,    -- place among all points of the catalog, from 0
  task TEXT NOT NULL,
  point TEXT NOT NULL,
  verdict TEXT NOT NULL,
  assurance TEXT NOT NULL,
  in_scope INTEGER NOT NULL, judged INTEGER NOT NULL, failing INTEGER NOT NULL,
  waived INTEGER NOT NULL, treated INTEGER NOT NULL, -- failing ones that are excused
  stopped INTEGER NOT NULL,   -- 1: the rule reached a limit and was stopped, so there is no evidence
  at INTEGER, due INTEGER,
  next INTEGER                -- when a row of it changes by time alone
) STRICT;
CREATE UNIQUE INDEX organization_point_by_point ON organization_point (point);

-- Which items in force show which points (docs/formats/kinds.md), so that it is known what an append changes.
CREATE TABLE item_shows (
  subject TEXT NOT NULL,
  point TEXT NOT NULL,
  since INTEGER NOT NULL,     -- number of the step that brought it into force
  review_due INTEGER,
  PRIMARY KEY (subject, point)
) STRICT, WITHOUT ROWID;

-- What fails: by the report of each repository's newest assessment, and by the rules over the organization (repository: 'org'). At most as many for a
-- point as a report names.
CREATE TABLE finding (
  repository TEXT NOT NULL,
  id TEXT NOT NULL,           -- 32 hexadecimal digits, stable over language, time and moved lines
  seq INTEGER NOT NULL,       -- place in the report
  task TEXT NOT NULL,
  point TEXT NOT NULL,
  subject TEXT NOT NULL,      -- as in facts: with the repository's id
  path TEXT, line INTEGER, commit_oid TEXT,
  message_en TEXT NOT NULL, message_fi TEXT NOT NULL,
  fix_en TEXT NOT NULL, fix_fi TEXT NOT NULL,
  exception TEXT NOT NULL,    -- '', 'waived', 'treated'
  baseline_until TEXT,        -- date: the repository's baseline accepts it until then
  open INTEGER NOT NULL,      -- 1: no exception, no baseline
  first_seen INTEGER NOT NULL, -- `until` of the first assessment of the repository whose kept report has it; of the organization: the rule's `at`, 0 none
  assessment INTEGER,         -- number of the fact it stands by; NULL: of the organization, as it stands
  PRIMARY KEY (repository, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_by_point ON finding (point, open, repository, seq);
CREATE INDEX finding_by_age ON finding (first_seen);
CREATE INDEX finding_by_path ON finding (repository, path);
-- Its words, for the search: message in both languages, and path; kept by words.c beside it.
CREATE TABLE finding_doc (doc INTEGER PRIMARY KEY, repository TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (repository, id)) STRICT;
CREATE VIRTUAL TABLE finding_words USING fts5 (text, content='', columnsize=0, prefix='2 3');

-- Examples of what is fine (ok = 1), so that somebody can go and look.
CREATE TABLE example (
  repository TEXT NOT NULL,   -- or 'org'
  point TEXT NOT NULL,
  seq INTEGER NOT NULL,
  subject TEXT NOT NULL,
  path TEXT, line INTEGER, commit_oid TEXT,
  at INTEGER,
  PRIMARY KEY (repository, point, seq)
) STRICT, WITHOUT ROWID;

-- When each finding was first seen and when it was gone. For first_seen above, and for metrics.
CREATE TABLE seen (
  repository TEXT NOT NULL,
  id TEXT NOT NULL,
  first INTEGER NOT NULL,     -- `until` of that assessment
  last INTEGER NOT NULL,      -- number of the newest assessment that has it
  task TEXT NOT NULL, point TEXT NOT NULL, priority TEXT NOT NULL, -- by the newest report that has it
  gone INTEGER,               -- `until` of the first assessment after `last` that has a report; NULL: it is still there
  accepted INTEGER,           -- since when (`until`) it has had an exception or stood in a baseline; NULL: it counts
  PRIMARY KEY (repository, id)
) STRICT, WITHOUT ROWID;

-- Metrics as they were last measured; written by src/metrics beside the rest. NULL: there was nothing to measure.
CREATE TABLE measured (
  metric TEXT PRIMARY KEY,    -- key in the catalog
  at INTEGER NOT NULL,        -- when
  value INTEGER,              -- thousandths
  numerator INTEGER, denominator INTEGER
) STRICT, WITHOUT ROWID;

-- Every assessment: the trend of one repository.
CREATE TABLE assessment (
  assessment INTEGER PRIMARY KEY, -- number of the fact
  repository TEXT NOT NULL,
  at INTEGER NOT NULL,        -- recorded
  until INTEGER NOT NULL,     -- the evaluation's clock
  head TEXT NOT NULL,
  catalog TEXT NOT NULL,      -- digest
  report TEXT NOT NULL,       -- digest
  has_report INTEGER NOT NULL, -- 1: it was kept and could be read
  findings INTEGER,           -- open ones; NULL without its report
  new INTEGER, gone INTEGER   -- findings that were not, or are no longer, against the assessment before it, by id; NULL when either has no report
) STRICT;
CREATE INDEX assessment_by_repository ON assessment (repository, assessment);
