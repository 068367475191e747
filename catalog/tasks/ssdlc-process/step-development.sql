-- Evidence: a document of the repository with rules for secure code. A guideline that is empty or still has template
-- text in it fails where there is no other.
-- Blind spots: guidelines kept elsewhere; rules kept in a linter; whether the rules are followed.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND t.topic = 'secure_coding' AND d.kind NOT IN ('readme', 'security_policy') AND (d.kind <> 'other' OR t.heading = 1)
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents
  WHERE placeholder = 1 AND kind = 'secure_development_guideline'
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
