-- Evidence: items of the register of changes that are done.
-- Blind spots: changes without a record.
SELECT subject, title AS name, content ->> '$.type' = 'emergency' AS part, 1 AS whole, state_at AS at
FROM items WHERE kind = 'change' AND state = 'done' AND state_at >= :since
