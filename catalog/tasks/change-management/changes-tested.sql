-- Evidence: automation that runs tests and fails when they fail.
-- Blind spots: what the tests cover; tests run by hand or outside the repository's automation.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('test', 'end_to_end')
)
SELECT a.subject, 1 - s.allow_failure AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a LEFT JOIN (SELECT path, line, allow_failure FROM step ORDER BY allow_failure, path, line LIMIT 1) s ON 1
WHERE a.type = 'repo'
