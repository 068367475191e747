-- Evidence: a document or template of the repository that asks for assessment of risks.
-- Blind spots: processes kept elsewhere; whether it is done for each change.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE (t.topic = 'risk_assessment' OR (t.topic = 'threat_model' -- asked for with a change, not one of the product
      AND d.kind IN ('change_management', 'contributing', 'definition_of_done', 'pull_request_template')))
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme')
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE kind IN ('change_management') AND placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
