-- Evidence: items of the release log and the acceptance they name.
-- Blind spots: releases that are not in the log.
SELECT r.subject, r.title AS name, count(a.subject) > 0 AS part, 1 AS whole, unixepoch(r.content ->> '$.released') AS at
FROM items r LEFT JOIN items a ON a.kind = 'acceptance' AND a.phase = 'in_force' AND a.subject = r.content ->> '$.acceptance'
WHERE r.kind = 'release' AND r.phase = 'in_force' AND r.content ->> '$.released' >= date(:since, 'unixepoch')
GROUP BY r.subject, r.title
