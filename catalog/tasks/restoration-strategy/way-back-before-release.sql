-- Evidence: database migrations added in the period and whether they have a way down; version tags of the period that
-- have an earlier version to go back to, where the repository also describes the way (document or rollback step).
-- Blind spots: a way down that is empty or loses data; whether an earlier version would still run; plans kept elsewhere
-- (NULL).
WITH described(yes) AS (
  SELECT EXISTS (SELECT 1 FROM ci_steps WHERE role = 'rollback') OR EXISTS (
    SELECT 1 FROM topics t JOIN documents d ON d.path = t.path
    WHERE t.topic = 'rollback' AND d.placeholder = 0 AND d.kind NOT IN ('changelog',
        'license', 'code_of_conduct', 'issue_template', 'other')) -- "other" may be a command's manual
)
SELECT a.subject, m.has_down AS ok, NULL AS at, NULL AS due, m.path AS path, m.tool AS tool
FROM asked a JOIN migrations m ON m.path = a.name
WHERE a.type = 'file' AND EXISTS (SELECT 1 FROM changes x WHERE x.path = m.path AND x.status = 'A')
UNION ALL
SELECT a.subject, CASE WHEN t.previous IS NOT NULL AND d.yes THEN 1 END, t.at, NULL, NULL, NULL
FROM asked a JOIN tags t ON t.name = a.name CROSS JOIN described d
WHERE a.type = 'ref' AND t.version IS NOT NULL AND t.prerelease IS NULL AND t.at BETWEEN :since AND :now
