-- Evidence: waivers that were granted, and items of the register of exceptions.
-- Blind spots: known findings that a repository's own baseline accepts.
SELECT subject, about AS name, 1 AS part, 1 AS whole, until AS at FROM waivers
UNION ALL
SELECT subject, title, 1, 1, unixepoch(content ->> '$.until') FROM items
WHERE kind = 'exception' AND phase = 'in_force' AND content ->> '$.until' >= date(:day, 'unixepoch')
UNION ALL
SELECT 'org', NULL, 0, count(*) > 0, NULL FROM repositories WHERE assessed_at IS NOT NULL
