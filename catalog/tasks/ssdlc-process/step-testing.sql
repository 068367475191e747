-- Evidence: automation that analyses code, dependencies, secrets or images, or fuzzes or attacks the software, and
-- fails when it finds something; the report of a security audit or penetration test. Ignored failures alone are not
-- enough: they fail here when the tests run at fixed times or by hand only, else in the definition of done (NULL).
-- Blind spots: tests run by the host or by others; findings that are collected and followed up elsewhere; how old a
-- report is and what it found.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure, f.on_push OR f.on_change AS on_change
  FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sast', 'sca', 'secret_scan', 'fuzz', 'dast', 'container_scan')
), best AS (
  SELECT path, line, allow_failure, max(on_change) OVER () AS on_change
  FROM step ORDER BY allow_failure, path, line LIMIT 1
), report AS (
  SELECT path, coalesce(reviewed_at, changed_at) AS at FROM documents
  WHERE kind = 'audit_report' AND placeholder = 0 ORDER BY path LIMIT 1
)
SELECT a.subject, CASE WHEN s.allow_failure = 0 OR r.path IS NOT NULL THEN 1
            WHEN s.allow_failure = 1 AND s.on_change = 0 THEN 0 END AS ok,
       r.at AS at, NULL AS due, CASE WHEN s.allow_failure IS NOT 0 AND r.path IS NOT NULL THEN r.path ELSE s.path
           END AS path,
       CASE WHEN s.allow_failure IS NOT 0 AND r.path IS NOT NULL THEN NULL ELSE s.line END AS line
FROM asked a LEFT JOIN best s ON 1 LEFT JOIN report r ON 1
WHERE a.type = 'repo'
