-- Evidence: confirmed items of the register of training.
-- Blind spots: who was never trained; a renewal does not replace the earlier item by itself.
SELECT subject, title AS name,
  iif(content ->> '$.valid_until' >= date(:day, 'unixepoch'), json_array_length(content, '$.people'), 0) AS part,
  json_array_length(content, '$.people') AS whole, unixepoch(content ->> '$.valid_until') AS at
FROM items WHERE kind = 'training' AND phase = 'in_force'
