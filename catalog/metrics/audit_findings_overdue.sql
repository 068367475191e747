-- Evidence: open items of the register of findings with a due date.
-- Blind spots: findings that were never written down.
SELECT subject, title AS name, content ->> '$.due' < date(:day, 'unixepoch') AS part, 1 AS whole,
  unixepoch(content ->> '$.due') AS at
FROM items WHERE kind = 'finding' AND phase = 'open' AND content ->> '$.due' IS NOT NULL
