-- Evidence: a document of the repository that names a deployment strategy, or that describes deployment or release
-- under a heading of its own and also what makes it safe: approval, tests before it, environments, a way back.
-- Blind spots: strategies kept elsewhere or only in automation; how good the strategy is.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM documents d JOIN topics t ON t.path = d.path
  WHERE (t.topic = 'deployment_strategy' OR (t.topic IN ('deployment', 'release_process') AND t.heading = 1
         AND EXISTS (SELECT 1 FROM topics x WHERE x.path = d.path AND x.line <> t.line AND x.topic IN ('approval',
           'two_reviewers', 'publishers', 'publication_window', 'testing', 'security_testing', 'integration_testing',
           'environments', 'rollback', 'production_access'))))
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template',
      'pull_request_template', 'definition_of_done')
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE placeholder = 1 AND kind IN ('deployment', 'release_policy')
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
