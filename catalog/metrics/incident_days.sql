-- Evidence: items of the register of incidents that are done.
-- Blind spots: incidents that nobody noticed or wrote down.
SELECT subject, title AS name, max(state_at - unixepoch(content ->> '$.noticed'), 0) AS part, 1 AS whole, state_at AS at
FROM items WHERE kind = 'incident' AND state = 'done' AND state_at >= :since AND content ->> '$.noticed' IS NOT NULL
