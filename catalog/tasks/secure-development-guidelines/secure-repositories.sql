-- Evidence: a document of the repository that speaks of safe repositories for code and packages.
-- Blind spots: guidelines kept elsewhere; how well the document covers it.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('version_control', 'third_party_code')
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template',
      'pull_request_template', 'readme') -- a readme is about the product
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE kind IN ('secure_development_guideline') AND placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
