-- Evidence: a person other than the author and co-authors named by Reviewed-by, Acked-by or Approved-by, who applied
-- the commit (committer) or merged it. None counts against a commit only where the period shows the practice: half of
-- the commits that can be judged, and ten of them, came as numbered changes (and rebasing by others is rare, and two
-- people have ten commits), or half of the commits people applied themselves, and ten, carry another's name.
-- Blind spots: what a host or mailing list knows. A change made through a numbered pull or merge request, on the host's
-- own pages, or naming an issue is not judged (NULL), nor one that several people wrote, that was committed a while
-- after it was written, that only moves the version number, or that stands in the history twice. Robots, translation
-- services, merges, first commits and changes to neither code, tests, configuration nor automation are not looked at.
WITH bots(person) AS (SELECT DISTINCT author FROM commits WHERE author_bot = 1),
named(oid, person) AS ( -- people beside the author who put their name to a commit
  SELECT c.oid, t.person FROM trailers t JOIN commits c ON c.oid = t.commit_oid
  WHERE t.key IN ('reviewed-by', 'acked-by', 'approved-by') AND t.person <> c.author
  UNION ALL
  SELECT oid, committer FROM commits WHERE committer_host = 0 AND committer <> author
  UNION ALL
  SELECT c.oid, m.author FROM commits c JOIN commits m ON m.oid = c.landed_by
  WHERE c.first_parent = 0 AND m.parents > 1 AND m.author <> c.author
), independent(oid, n) AS MATERIALIZED (
  SELECT n.oid, count(DISTINCT n.person) FROM named n
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
    c.rewritten OR c.version_work OR c.committer <> c.author -- a host's rebase? nothing to review? two hands?
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
), tally AS (
  SELECT sum(on_host) AS numbered, sum(on_host OR persons > 0 OR NOT unclear) AS judged,
         sum(own AND persons > 0) AS vouched, sum(own AND (persons > 0 OR NOT unclear)) AS own,
         sum(own AND persons = 0 AND NOT on_host AND NOT unclear) AS traceless,
         sum(line AND persons = 1 AND NOT own AND NOT on_host) AS rebased
  FROM work
), team(n) AS ( -- people who could have looked at it
  SELECT count(*) FROM (SELECT c.author FROM work w JOIN commits c ON c.oid = w.oid
                        GROUP BY c.author HAVING count(*) >= 10)
), practice(shown) AS ( -- numbered changes are the rule and seldom rebased by others; or own work carries another's name
  SELECT (t.n > 1 AND numbered >= 10 AND 2 * numbered >= judged AND 5 * rebased <= traceless)
      OR (vouched >= 10 AND 2 * vouched >= own) FROM tally CROSS JOIN team t
)
SELECT c.subject,
       CASE WHEN w.persons > 0 THEN 1 WHEN w.on_host OR w.unclear OR w.moved THEN NULL WHEN p.shown THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title
FROM asked a JOIN work w ON w.oid = a.name JOIN commits c ON c.oid = w.oid CROSS JOIN practice p
WHERE a.type = 'commit'
