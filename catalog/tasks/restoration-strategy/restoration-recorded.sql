-- Evidence: a document of the repository with a part on rollback, or automation with a rollback step.
-- Blind spots: plans kept elsewhere; whether the described way works.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'rollback' AND d.placeholder = 0 AND d.kind NOT IN ('changelog',
      'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
  UNION ALL
  SELECT path, min(line), NULL FROM ci_steps WHERE role = 'rollback' GROUP BY path
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM documents WHERE kind = 'restoration' AND placeholder = 1 ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
