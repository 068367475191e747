-- Evidence: approved audits and the service they name.
-- Blind spots: what an audit left out.
SELECT s.subject, s.title AS name, count(a.subject) > 0 AS part, 1 AS whole, max(unixepoch(a.content ->> '$.held_to')) AS at
FROM items s LEFT JOIN items a ON a.kind = 'audit' AND a.phase = 'in_force' AND a.content ->> '$.service' = s.subject
  AND a.content ->> '$.held_to' >= date(:since, 'unixepoch') AND a.content ->> '$.held_to' <= date(:day, 'unixepoch')
WHERE s.kind = 'service' AND s.phase = 'in_force' AND s.content ->> '$.criticality' = 'critical'
GROUP BY s.subject, s.title
