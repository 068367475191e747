-- Evidence: people or teams named by a MAINTAINERS, OWNERS, CODEOWNERS or governance file.
-- Blind spots: the host's members and branch protection; authors in package metadata are not taken as a list.
WITH list AS (
  SELECT p.path, min(p.line) AS line FROM publishers p LEFT JOIN documents d ON d.path = p.path
  WHERE d.kind IN ('maintainers', 'governance') OR lower(p.path) LIKE '%maintainers%' OR lower(p.path) LIKE '%owners%'
     OR lower(p.path) LIKE '%committers%' OR lower(p.path) LIKE '%publishers%'
  GROUP BY p.path
  UNION ALL
  SELECT path, min(line) FROM owner_rules WHERE owners > 0 AND error IS NULL GROUP BY path
)
SELECT a.subject, CASE WHEN l.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       d.changed_at AS at, NULL AS due, coalesce(l.path, u.path) AS path, l.line AS line
FROM asked a
LEFT JOIN (SELECT path, line FROM list ORDER BY path LIMIT 1) l ON 1
LEFT JOIN (SELECT path FROM documents WHERE kind = 'maintainers' AND placeholder = 1 ORDER BY path LIMIT 1) u ON 1
LEFT JOIN documents d ON d.path = coalesce(l.path, u.path)
WHERE a.type = 'repo'
