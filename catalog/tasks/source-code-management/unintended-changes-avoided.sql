-- Evidence: automation that builds, tests or analyses every proposed change and fails when that fails.
-- Blind spots: whether the host requires it before merging; force pushes and deletions; automation that includes other
-- files.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND f.on_change = 1 AND s.role IN ('test', 'build', 'lint', 'sast')
)
SELECT a.subject, 1 - s.allow_failure AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a LEFT JOIN (SELECT path, line, allow_failure FROM step ORDER BY allow_failure, path, line LIMIT 1) s ON 1
WHERE a.type = 'repo'
