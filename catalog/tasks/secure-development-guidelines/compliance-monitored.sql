-- Evidence: automation that analyses the code's security on its own (static analysis, secret scan, dependency check)
-- and fails when it finds something. It fails where two or more such checks and linters run, and none is heeded.
-- Blind spots: analysis run by the host without a file in the repository; what becomes of the findings; linters of
-- style.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sast', 'secret_scan', 'sca')
), told AS ( -- anything at all, linters too, whose failure is heeded
  SELECT count(*) AS steps, sum(s.allow_failure = 0) AS heeded FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sast', 'secret_scan', 'sca', 'lint')
)
SELECT a.subject, CASE WHEN s.allow_failure = 0 THEN 1 WHEN t.steps > 1 AND t.heeded = 0 THEN 0 END AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a CROSS JOIN told t
LEFT JOIN (SELECT path, line, allow_failure FROM step ORDER BY allow_failure, path, line LIMIT 1) s ON 1
WHERE a.type = 'repo'
