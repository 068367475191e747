-- Evidence: the newest final release on the branch has an entry in the change log. Missing fails where three or more of
-- the ten releases before it have one, the latest of them among those.
-- Blind spots: release notes on the host; changes not released yet; a log in a form that is not read.
WITH entry(version, path) AS MATERIALIZED (
  SELECT version, min(path) FROM changelog WHERE version IS NOT NULL GROUP BY version
), final AS (
  SELECT t.label, t.version, t.at, coalesce(e.path, s.path) AS path, row_number()
      OVER (ORDER BY t.at DESC, t.name) AS nth
  FROM tags t LEFT JOIN entry e ON e.version = t.version
  LEFT JOIN entry s ON t.patch = 0 AND s.version = t.major || '.' || t.minor
  WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.reachable = 1 AND t.at <= :now
), before AS (
  SELECT sum(path IS NOT NULL) >= 3 AND max(nth = 2 AND path IS NOT NULL) AS kept, min(path) AS path,
         max(CASE WHEN nth = 2 THEN version END) AS newest
  FROM final WHERE nth BETWEEN 2 AND 11
)
SELECT a.subject, CASE WHEN f.path IS NOT NULL THEN 1 WHEN f.label IS NOT NULL AND b.kept THEN 0 END AS ok,
       f.at AS at, NULL AS due, coalesce(f.path, b.path) AS path, f.label AS label, b.newest AS newest
FROM asked a CROSS JOIN before b LEFT JOIN final f ON f.nth = 1
WHERE a.type = 'repo'
