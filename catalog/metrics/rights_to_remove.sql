-- Evidence: the rights listed in approved access reviews.
-- Blind spots: rights that no review lists.
SELECT i.subject, i.title AS name,
  (SELECT count(*) FROM json_each(i.content, '$.rights') r
   WHERE r.value ->> '$.needed' = 0 AND coalesce(r.value ->> '$.done', '') = '') AS part,
  1 AS whole, unixepoch(i.content ->> '$.held') AS at
FROM items i WHERE i.kind = 'access_review' AND i.phase = 'in_force'
