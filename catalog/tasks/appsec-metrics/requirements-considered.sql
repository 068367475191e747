-- Evidence: a document of the repository that defines security metrics and names security requirements or laws.
-- Blind spots: requirements written in another document; whether the list of them is whole.
WITH said AS (
  SELECT d.path, d.approved, d.reviewed_at, coalesce(d.reviewed_at, d.changed_at) AS at,
         (SELECT min(t.line) FROM topics t WHERE t.path = d.path AND t.topic IN ('security_requirements',
             'legal_requirements')) AS line
  FROM documents d
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND (d.kind = 'metrics' OR EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic IN ('metrics')))
    AND EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic IN ('security_requirements',
        'legal_requirements'))
), best AS (
  SELECT * FROM said ORDER BY approved DESC, path LIMIT 1
), stub AS (
  SELECT min(path) AS path FROM documents WHERE kind IN ('metrics') AND placeholder = 1
)
SELECT a.subject, CASE WHEN b.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       b.at AS at, NULL AS due,
       coalesce(b.path, u.path) AS path, b.line AS line, b.approved AS approved, b.reviewed_at AS reviewed_at
FROM asked a CROSS JOIN stub u LEFT JOIN best b ON 1
WHERE a.type = 'repo'
