-- Evidence: automation that analyses the code's security on its own (static analysis, secret scan, dependency check)
-- and fails when it finds something.
-- Blind spots: analysis run by the host without a file in the repository; what becomes of the findings; linters of
-- style.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sast', 'secret_scan', 'sca')
)
SELECT a.subject, 1 - s.allow_failure AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a LEFT JOIN (SELECT path, line, allow_failure FROM step ORDER BY allow_failure, path, line LIMIT 1) s ON 1
WHERE a.type = 'repo'
