-- Evidence: automation that analyses code, dependencies, secrets or images, or fuzzes or attacks the software, on
-- pushes or changes, and fails when it finds something. Where every such test's failure is ignored, none can stop a
-- change; at fixed times: see the SSDLC's step of testing.
-- Blind spots: analysis the host runs without a file in the repository; findings that are collected and followed up
-- elsewhere; tests run at fixed times or by hand only, or called from other workflows (NULL).
WITH step AS (
  SELECT s.path, s.line, s.allow_failure, f.on_push OR f.on_change AS on_change
  FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sast', 'sca', 'secret_scan', 'fuzz', 'dast', 'container_scan')
), best AS (
  SELECT path, line, CASE WHEN allow_failure = 0 AND on_change THEN 1 WHEN allow_failure = 1 AND on_change THEN 0 END AS ok
  FROM step ORDER BY allow_failure, on_change DESC, path, line LIMIT 1
)
SELECT a.subject, s.ok AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a LEFT JOIN best s ON 1
WHERE a.type = 'repo'
