-- Evidence: a part of its own on the measures of security (architecture, trust boundaries, threats), or on encryption,
-- access or secrets in a document of the architecture or a decision of design.
-- Blind spots: design documents kept elsewhere; whether every measure is told and built.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND ((t.topic = 'security_architecture' AND t.heading = 1)
         OR (t.topic IN ('security_architecture', 'threat_model') AND d.kind IN ('architecture', 'adr', 'threat_model'))
         OR (t.topic IN ('crypto', 'tls', 'access_control', 'credentials', 'password_storage') AND t.heading = 1
             AND d.kind IN ('architecture', 'adr')))
  GROUP BY d.path
), stub AS (
  SELECT d.path FROM documents d
  WHERE d.kind IN ('architecture', 'threat_model') AND d.placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
