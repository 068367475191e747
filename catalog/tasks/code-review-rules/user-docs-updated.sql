-- Evidence: readme, guide, manual, tutorial or docs pages changed among the commits that went into a final release of
-- the period. A release that is no patch, has three or more feat or breaking commits and none of it fails where four of
-- five releases with such commits, and four, have it.
-- Blind spots: instructions kept elsewhere; texts inside the program; several release lines in one repository,
-- releases made beside the branch (NULL).
WITH step AS ( -- every commit with the release it went into: the newest version tag at or above it in topological order
  SELECT c.oid, c.conventional, c.breaking,
         max(CASE WHEN c.oid IN (SELECT target FROM tags WHERE version IS NOT NULL AND prerelease IS NULL
             AND reachable = 1)
             THEN c.position END) OVER (ORDER BY c.position ROWS UNBOUNDED PRECEDING) AS release
  FROM commits c
), moved AS (
  SELECT DISTINCT x.commit_oid AS oid FROM (SELECT *, lower(path) AS name FROM changes) x
  WHERE x.class = 'doc' AND NOT EXISTS (SELECT 1 FROM changelog l WHERE l.path = x.path)
    AND (x.name LIKE '%readme%' OR x.name LIKE '%guide%' OR x.name LIKE '%manual%' OR x.name LIKE '%user%'
         OR x.name LIKE '%tutorial%' OR x.name LIKE '%help%' OR x.name LIKE '%/man/%' OR x.name LIKE 'man/%'
         OR x.name LIKE '%how%to%' OR x.name LIKE 'docs/%' OR x.name LIKE 'doc/%')
), release AS (
  SELECT s.release AS position, sum(s.conventional = 'feat' OR s.breaking) AS features, count(m.oid) AS documented
  FROM step s LEFT JOIN moved m ON m.oid = s.oid
  WHERE s.release IS NOT NULL GROUP BY s.release
), practice(shown) AS (
  SELECT count(*) >= 4 AND 5 * sum(documented > 0) >= 4 * count(*) FROM release WHERE features > 0
), lines(n) AS (SELECT count(DISTINCT line) FROM tags WHERE version IS NOT NULL AND reachable = 1)
SELECT t.subject,
       CASE WHEN l.n > 1 OR t.previous IS NULL OR p.at IS NULL OR p.at < :since THEN NULL WHEN r.documented > 0 THEN 1
            WHEN r.features > 2 AND t.patch = 0 AND c.first_parent = 1 AND w.shown THEN 0 END AS ok,
       t.at AS at, NULL AS due, t.label AS label, r.features AS features, t.target AS commit_oid
FROM tags t JOIN asked a ON a.type = 'ref' AND a.name = t.name JOIN commits c ON c.oid = t.target
JOIN release r ON r.position = c.position LEFT JOIN tags p ON p.name = t.previous
CROSS JOIN practice w CROSS JOIN lines l
WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.reachable = 1 AND t.at BETWEEN :since AND :now
