-- Groups.
-- Sorts: name, members
-- Key: id
-- Total: yes
SELECT g.subject AS id, g.name, g.state, (SELECT count(*) FROM fact_group_members m WHERE m.n = g.n) AS members
FROM fact_group g
WHERE (:state = 'all' OR g.state = coalesce(:state, 'active'))
  AND (:q IS NULL OR instr(lower(g.name), lower(:q)))
