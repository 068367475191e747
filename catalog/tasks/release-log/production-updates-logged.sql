-- Evidence: each final version tag of the period has an entry of the same version, with a date, in a change log of the
-- repository. A missing or undated entry fails where the newest ten final releases mostly have one (half or more, and
-- three of them).
-- Blind spots: release notes on the host; logs in a form that is not read; releases not tagged; tags of other branches
-- (NULL).
WITH entry(version, path, line, dated) AS MATERIALIZED (
  SELECT version, min(path), min(line), max(at IS NOT NULL) FROM changelog WHERE version IS NOT NULL GROUP BY version
), logged AS MATERIALIZED (
  SELECT t.name, t.at, t.reachable, coalesce(e.path, s.path) AS path, coalesce(e.line, s.line) AS line,
         coalesce(e.dated, s.dated) AS dated
  FROM tags t LEFT JOIN entry e ON e.version = t.version
  LEFT JOIN entry s ON t.patch = 0 AND s.version = t.major || '.' || t.minor
  WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.at <= :now
), practice(present, dated, path) AS (
  SELECT sum(path IS NOT NULL) >= 3 AND 2 * sum(path IS NOT NULL) >= count(*),
         sum(coalesce(dated, 0)) >= 3 AND 2 * sum(coalesce(dated, 0)) >= count(*), min(path)
  FROM (SELECT path, dated FROM logged WHERE reachable = 1 ORDER BY at DESC, name LIMIT 10)
)
SELECT a.subject,
       CASE WHEN l.dated = 1 THEN 1 WHEN l.reachable IS NOT 1 THEN NULL WHEN l.path IS NULL AND p.present THEN 0
            WHEN l.path IS NOT NULL AND p.dated THEN 0 END AS ok,
       t.at AS at, NULL AS due, t.label AS label, coalesce(l.path, p.path) AS path, l.line AS line,
       t.target AS commit_oid
FROM asked a JOIN tags t ON a.type = 'ref' AND t.name = a.name JOIN logged l ON l.name = t.name CROSS JOIN practice p
WHERE t.at >= :since
