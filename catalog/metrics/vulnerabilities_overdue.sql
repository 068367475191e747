-- Evidence: open items of the register of vulnerability reports.
-- Blind spots: reports that were never written down.
SELECT subject, title AS name, content ->> '$.due' < date(:day, 'unixepoch') AS part, 1 AS whole,
  unixepoch(content ->> '$.due') AS at
FROM items WHERE kind = 'vulnerability_report' AND phase = 'open' AND content ->> '$.due' IS NOT NULL
