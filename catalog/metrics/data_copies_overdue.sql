-- Evidence: items of the register of copies.
-- Blind spots: copies that were never asked for.
SELECT subject, title AS name, state = 'approved' AND content ->> '$.until' < date(:day, 'unixepoch') AS part, 1 AS whole,
  unixepoch(content ->> '$.until') AS at
FROM items WHERE kind = 'data_copy' AND phase = 'in_force'
