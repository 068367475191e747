-- Evidence: what fails of two points in the newest assessment of each active repository.
-- Blind spots: earlier versions of files; what the scanner does not know. A file with both counts twice.
SELECT r.subject, r.name, coalesce(sum(p.failing), 0) AS part, r.assessed_at IS NOT NULL AS whole, r.assessed_at AS at
FROM repositories r LEFT JOIN repository_points p ON p.subject = r.subject
  AND p.point IN ('source-code-management/need-to-know', 'temporary-credentials/not-guessable')
GROUP BY r.subject, r.name, r.assessed_at
