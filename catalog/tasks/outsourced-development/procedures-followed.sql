-- Evidence: commits whose author is no insider, and whether an insider reviewed, applied or merged them. Insiders are
-- the people on a usable list of maintainers (as in authorized-publishers); without one, those who brought in five or
-- more commits of others, and then nothing counts against a commit.
-- Blind spots: what a host or mailing list knows; whether an outsider is a partner, a customer or a volunteer. A change
-- made through a numbered pull or merge request, on the host's own pages, or naming an issue is not judged (NULL), nor
-- one that several people wrote, that was committed a while after it was written, that only moves the version number,
-- or that stands in the history twice. Robots, translation services, merges, first commits and changes to neither code,
-- tests, configuration nor automation are not looked at.
WITH bots(person) AS (SELECT DISTINCT author FROM commits WHERE author_bot = 1),
named(oid, person) AS ( -- people beside the author who put their name to a commit
  SELECT c.oid, t.person FROM trailers t JOIN commits c ON c.oid = t.commit_oid
  WHERE t.key IN ('reviewed-by', 'acked-by', 'approved-by') AND t.person <> c.author
  UNION ALL
  SELECT oid, committer FROM commits WHERE committer_host = 0 AND committer <> author
  UNION ALL
  SELECT c.oid, m.author FROM commits c JOIN commits m ON m.oid = c.landed_by
  WHERE c.first_parent = 0 AND m.parents > 1 AND m.author <> c.author
), listed(person) AS MATERIALIZED ( -- people a list of maintainers names; not package metadata, nor OWNERS with its accounts
  SELECT p.person FROM publishers p LEFT JOIN documents d ON d.path = p.path
  WHERE d.kind IN ('maintainers', 'governance') OR lower(p.path) LIKE '%maintainers%'
     OR lower(p.path) LIKE '%committers%' OR lower(p.path) LIKE '%publishers%'
  UNION
  SELECT owner FROM owners WHERE kind = 'email'
), landed AS ( -- by the list, and by everybody
  SELECT sum(n.person IN (SELECT person FROM listed)) AS listed, count(*) AS commits FROM named n
  WHERE n.person NOT IN (SELECT person FROM bots)
), list(usable) AS (
  SELECT coalesce(listed >= 10 AND 2 * listed >= commits, 0)
         AND NOT EXISTS (SELECT 1 FROM owners WHERE kind IN ('team', 'user', 'role')) FROM landed
), insider(person) AS MATERIALIZED (
  SELECT person FROM listed WHERE (SELECT usable FROM list)
  UNION
  SELECT person FROM named WHERE NOT (SELECT usable FROM list) GROUP BY person HAVING count(*) >= 5
), independent(oid, n) AS MATERIALIZED (
  SELECT n.oid, max(n.person IN (SELECT person FROM insider)) FROM named n
  WHERE n.person NOT IN (SELECT person FROM bots)
    AND NOT EXISTS (SELECT 1 FROM trailers t
                    WHERE t.commit_oid = n.oid AND t.key = 'co-authored-by' AND t.person = n.person)
  GROUP BY n.oid
), work AS MATERIALIZED (
  SELECT c.oid, coalesce(i.n, 0) AS persons,
    c.change_number IS NOT NULL OR m.change_number IS NOT NULL
      OR EXISTS (SELECT 1 FROM trailers t WHERE t.commit_oid = c.oid
                 AND t.key IN ('change-id', 'reviewed-on', 'reviewed-at', 'differential-revision', 'pr-url',
                               'pull-request', 'merge-request', 'part-of', 'link')) AS on_host,
    c.committer_host = 1 OR c.issue_refs > 0 OR (c.first_parent = 0 AND c.landed_by IS NULL)
      OR (c.paths <= 5 AND c.oid IN (SELECT target FROM tags WHERE version IS NOT NULL)) AS unclear,
    c.rewritten OR c.version_work -- a host's rebase? nothing to review? several hands?
      OR EXISTS (SELECT 1 FROM trailers t
                 WHERE t.commit_oid = c.oid AND t.key = 'co-authored-by' AND t.person <> c.author)
      OR row_number() OVER (PARTITION BY c.author, c.authored_at, c.subject_line ORDER BY c.position) > 1 AS moved,
    c.committer = c.author AS own, c.first_parent AS line
  FROM commits c LEFT JOIN independent i ON i.oid = c.oid
  LEFT JOIN commits m ON m.oid = c.landed_by AND m.oid <> c.oid
  WHERE c.parents = 1 AND c.author_bot = 0
    AND c.subject_line NOT LIKE '% using Weblate%' AND c.subject_line NOT LIKE 'New translations %'
    AND (c.code_paths + c.test_paths > 0
         OR EXISTS (SELECT 1 FROM changes x WHERE x.commit_oid = c.oid AND x.class IN ('config', 'ci')))
)
SELECT c.subject,
       CASE WHEN w.persons > 0 THEN 1 WHEN w.on_host OR w.unclear OR w.moved THEN NULL WHEN l.usable THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title
FROM asked a JOIN work w ON w.oid = a.name JOIN commits c ON c.oid = w.oid CROSS JOIN list l
WHERE a.type = 'commit' AND c.author NOT IN (SELECT person FROM insider) AND EXISTS (SELECT 1 FROM insider)
