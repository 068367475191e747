-- Evidence: automation that runs end-to-end tests, or a job named for integration, and fails when they fail; or files
-- of integration or end-to-end tests together with automation that runs tests. Such a job alone, its failure ignored,
-- is not enough.
-- Blind spots: tests kept elsewhere; whether the automation runs those files; what the tests cover.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure, s.job,
         s.role = 'end_to_end' OR lower(s.job) LIKE '%integration%' OR lower(s.job) LIKE '%e2e%'
           OR lower(s.job) LIKE '%end-to-end%' OR lower(s.job) LIKE '%interop%' AS wide
  FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('test', 'end_to_end')
), kept(path) AS (
  SELECT min(path) FROM files
  WHERE class = 'test' AND EXISTS (SELECT 1 FROM step WHERE allow_failure = 0)
    AND (path LIKE '%integration%' OR path LIKE '%e2e%' OR path LIKE '%end-to-end%' OR path LIKE '%end_to_end%'
         OR path LIKE '%interop%' OR path LIKE '%system_test%' OR path LIKE '%system-test%')
), best AS (
  SELECT path, line, job, allow_failure FROM step WHERE wide ORDER BY allow_failure, path, line LIMIT 1
)
SELECT a.subject,
       CASE WHEN s.allow_failure = 0 OR k.path IS NOT NULL THEN 1 WHEN s.allow_failure = 1 THEN 0 END AS ok,
       NULL AS at, NULL AS due, CASE WHEN s.allow_failure IS NOT 0 AND k.path IS NOT NULL THEN k.path ELSE s.path
           END AS path,
       CASE WHEN s.allow_failure IS NOT 0 AND k.path IS NOT NULL THEN NULL ELSE s.line END AS line, s.job AS job
FROM asked a CROSS JOIN kept k LEFT JOIN best s ON 1
WHERE a.type = 'repo'
