-- Evidence: a description of secure development, or a document about training by its name, that says what developers
-- are trained in. One about training fails when it has passed the review date it states itself.
-- Blind spots: who has been trained, which only records show; training of models is told apart by the security topics
-- beside it.
WITH said AS (
  SELECT d.path, t.line, d.approved, d.reviewed_at, d.expires_at, coalesce(d.reviewed_at, d.changed_at) AS at,
         coalesce((d.path LIKE '%training%' OR d.path LIKE '%koulutu%') AND d.expires_at <= :now, 0) AS stale
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'training' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme')
    AND (d.kind = 'secure_development_guideline' OR EXISTS (
      SELECT 1 FROM topics o WHERE o.path = d.path
        AND o.topic IN ('ssdlc', 'secure_coding', 'security_by_design', 'security_testing', 'threat_model', 'owasp',
                        'asvs')))
), best AS (
  SELECT * FROM said ORDER BY stale, approved DESC, expires_at DESC NULLS FIRST, path LIMIT 1
)
SELECT a.subject, 1 - b.stale AS ok, b.at AS at, CASE WHEN b.stale = 0 THEN b.expires_at END AS due,
       b.path AS path, b.line AS line, b.approved AS approved, b.reviewed_at AS reviewed_at
FROM asked a LEFT JOIN best b ON 1
WHERE a.type = 'repo'
