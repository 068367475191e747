-- Evidence: secure coding, an OWASP guide or ASVS in a review policy, pull request template or definition of done.
-- Blind spots: whether reviewers did what the list says; checklists kept on the host.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('secure_coding', 'owasp', 'asvs') AND d.placeholder = 0
    AND d.kind IN ('review_policy', 'pull_request_template', 'definition_of_done')
  GROUP BY d.path
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM documents WHERE kind = 'review_policy' AND placeholder = 1 ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
