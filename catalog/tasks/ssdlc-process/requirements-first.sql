-- Evidence: a description of secure development that also speaks of security requirements, or of security or privacy
-- from the start; a pull request template that asks for them. A guideline that is empty or still has template text in
-- it fails where there is no other.
-- Blind spots: processes kept elsewhere; requirements set without saying so; whether the step comes first.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND t.topic IN ('security_requirements', 'security_by_design', 'privacy_by_design')
    AND (d.kind IN ('secure_development_guideline', 'pull_request_template')
      OR EXISTS (SELECT 1 FROM topics o
                 WHERE o.path = d.path AND o.topic = 'ssdlc' AND (d.kind <> 'readme' OR o.heading = 1)))
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
