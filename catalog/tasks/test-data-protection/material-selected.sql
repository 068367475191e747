-- Evidence: a document of the repository that says how test data is chosen or made.
-- Blind spots: instructions kept elsewhere; whether tests follow them.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM documents d JOIN topics t ON t.path = d.path
  WHERE t.topic = 'test_data'
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE placeholder = 1 AND kind = 'data_protection' AND (lower(path) GLOB '*test[-_ ]data*'
    OR lower(path) GLOB '*testidata*' OR lower(path) GLOB '*production[-_ ]data*' OR lower(path) GLOB '*tuotantodata*')
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
