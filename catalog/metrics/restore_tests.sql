-- Evidence: approved restore tests and the plan they name.
-- Blind spots: how much of a service a test restored.
SELECT p.subject, p.title AS name, count(t.subject) > 0 AS part, 1 AS whole, max(unixepoch(t.content ->> '$.held')) AS at
FROM items p LEFT JOIN items t ON t.kind = 'restore_test' AND t.phase = 'in_force' AND t.content ->> '$.plan' = p.subject
  AND t.content ->> '$.held' >= date(:day, 'unixepoch', '-' || coalesce(p.content ->> '$.cycle', 365) || ' days')
WHERE p.kind = 'restoration_plan' AND p.phase = 'in_force'
GROUP BY p.subject, p.title
