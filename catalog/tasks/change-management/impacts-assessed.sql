-- Evidence: final releases of the period with a commit marked as breaking: announced by a new major version (a new
-- minor one before 1.0.0) or by a change log entry that speaks of it. Not announced fails where the change log has an
-- entry for the release.
-- Blind spots: breaking changes nobody marked; announcements elsewhere; several release lines in one repository (NULL).
WITH step AS ( -- every commit with the release it went into: the newest version tag at or above it in topological order
  SELECT c.oid, c.breaking,
         max(CASE WHEN c.oid IN (SELECT target FROM tags WHERE version IS NOT NULL AND prerelease IS NULL
             AND reachable = 1)
             THEN c.position END) OVER (ORDER BY c.position ROWS UNBOUNDED PRECEDING) AS release
  FROM commits c
), broken AS (
  SELECT release AS position, min(oid) AS oid FROM step WHERE breaking = 1 AND release IS NOT NULL GROUP BY release
), entry AS MATERIALIZED (
  SELECT version, max(breaking) AS breaking FROM changelog WHERE version IS NOT NULL GROUP BY version
), lines(n) AS (SELECT count(DISTINCT line) FROM tags WHERE version IS NOT NULL AND reachable = 1)
SELECT a.subject,
       CASE WHEN l.n > 1 OR p.at IS NULL OR p.at < :since THEN NULL
            WHEN e.breaking = 1 OR t.major > p.major OR (t.major = 0 AND t.minor > p.minor) THEN 1
                WHEN e.version IS NOT NULL THEN 0 END AS ok,
       t.at AS at, NULL AS due, t.label AS label, b.oid AS commit_oid, substr(b.oid, 1, 10) AS short
FROM asked a JOIN tags t ON t.name = a.name JOIN commits c ON c.oid = t.target
    JOIN broken b ON b.position = c.position
LEFT JOIN tags p ON p.name = t.previous LEFT JOIN entry e ON e.version = t.version CROSS JOIN lines l
WHERE a.type = 'ref' AND t.version IS NOT NULL AND t.prerelease IS NULL AND t.reachable = 1 AND t.at BETWEEN :since
    AND :now
