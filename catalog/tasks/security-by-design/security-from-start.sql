-- Evidence: a threat model, or a document of the team that speaks of security from the start of design or of setting
-- security requirements.
-- Blind spots: procedures kept elsewhere; whether they are followed. A readme speaks to users and does not count.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND d.kind NOT IN ('readme', 'changelog', 'license', 'code_of_conduct', 'issue_template')
    AND (t.topic IN ('security_by_design', 'security_requirements') OR d.kind = 'threat_model'
         OR (t.topic = 'threat_model' AND t.heading = 1 AND d.kind IN ('security_policy', 'architecture', 'adr',
             'secure_development_guideline', 'contributing')))
  GROUP BY d.path
), stub AS (
  SELECT d.path FROM documents d
  WHERE d.kind IN ('threat_model', 'secure_development_guideline') AND d.placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
