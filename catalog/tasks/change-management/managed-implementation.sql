-- Evidence: automation that deploys or releases to a named environment or after a person's approval, and fails when
-- that fails.
-- Blind spots: approvals that the host asks for; deployment outside the repository's automation; what happens after it.
SELECT a.subject, CASE WHEN s.allow_failure = 1 THEN 0 WHEN s.manual = 1 OR s.environment IS NOT NULL
    THEN 1 END AS ok,
       NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a JOIN ci_steps s ON s.path = a.name JOIN ci_files f ON f.path = s.path
WHERE a.type = 'file' AND f.system <> 'script' AND s.role IN ('deploy', 'release')
