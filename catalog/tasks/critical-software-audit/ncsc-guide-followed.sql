-- Evidence: an audit report that leans on the Finnish National Cyber Security Centre, or a document of the team that
-- does and speaks of audits or security testing.
-- Blind spots: which of its guides it is; how closely it was followed; documents kept elsewhere.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('ncsc_fi') AND d.placeholder = 0
    AND (d.kind = 'audit_report'
         OR (d.kind NOT IN ('readme', 'changelog', 'license', 'code_of_conduct', 'issue_template')
             AND EXISTS (SELECT 1 FROM topics v WHERE v.path = d.path AND v.topic IN ('audit', 'security_testing'))))
  GROUP BY d.path
), stub AS (
  SELECT d.path FROM documents d
  WHERE d.kind = 'audit_report' AND d.placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
