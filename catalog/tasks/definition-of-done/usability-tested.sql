-- Evidence: automation that runs the software through its users' interface (accessibility tests, or end-to-end tests
-- where there are pages) and fails when they fail; a document that says how usability is tested. Ignored failures
-- alone are not enough.
-- Blind spots: tests with people that nobody wrote down here; end-to-end tests show that users can, not that they
-- like it.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND (s.role = 'accessibility' OR (s.role = 'end_to_end' AND (
    SELECT count(*) FROM files WHERE class = 'code' AND language IN ('css', 'vue', 'svelte')) >= 5))
), said AS (
  SELECT d.path, t.line, coalesce(d.reviewed_at, d.changed_at) AS at FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'usability_testing' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme')
)
SELECT a.subject, CASE WHEN d.path IS NOT NULL THEN 1 ELSE 1 - s.allow_failure END AS ok,
       d.at AS at, NULL AS due, coalesce(d.path, s.path) AS path, coalesce(d.line, s.line) AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) d ON 1
LEFT JOIN (SELECT path, line, allow_failure FROM step ORDER BY allow_failure, path, line LIMIT 1) s ON 1
WHERE a.type = 'repo'
