-- Evidence: documents of the repository that describe code review and, there or elsewhere, approval or publishing.
-- Blind spots: rules kept on a wiki or a host's settings page. What a description is worth is not judged.
WITH said AS (
  SELECT d.path, t.line, t.topic = 'code_review' AS review, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('code_review', 'two_reviewers', 'approval', 'publishing', 'publishers', 'release_process')
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
), stub AS (
  SELECT path FROM documents WHERE kind = 'review_policy' AND placeholder = 1
)
SELECT a.subject,
       CASE WHEN EXISTS (SELECT 1 FROM said WHERE review = 1) AND EXISTS (SELECT 1 FROM said WHERE review = 0) THEN 1
            WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(u.path, s.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said WHERE review = 1 ORDER BY path, line LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
