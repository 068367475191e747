-- Evidence: a document that speaks both of default settings and of the laws they follow.
-- Blind spots: the settings themselves; which regions the system is used in; documents kept elsewhere.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND (d.kind = 'adr' OR d.path NOT LIKE '%/%/%/%') -- further down lie manuals
    AND t.topic = 'default_settings'
    AND d.kind NOT IN ('readme', 'changelog', 'license', 'code_of_conduct', 'issue_template')
    AND EXISTS (SELECT 1 FROM topics v WHERE v.path = d.path AND v.topic = 'legal_requirements')
  GROUP BY d.path
), stub AS (
  SELECT d.path FROM documents d
  WHERE d.kind = 'data_protection' AND d.placeholder = 1
    AND NOT (lower(d.path) LIKE '%test%' OR lower(d.path) LIKE '%product%' OR lower(d.path) LIKE '%tuotanto%')
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
