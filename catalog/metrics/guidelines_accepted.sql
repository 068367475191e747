-- Evidence: acceptances of the version in force by people who are asked for one now.
-- Blind spots: whether it was read.
WITH asked AS (
  SELECT DISTINCT p.subject
  FROM fact_role r LEFT JOIN fact_group g ON g.subject = r.subject AND g.state = 'active'
  LEFT JOIN fact_group_members m ON m.n = g.n JOIN fact_person p ON p.subject = coalesce(m.value, r.subject)
  WHERE p.state = 'active' AND r.state = 'granted' AND (r.until IS NULL OR r.until > :day)
    AND r.role IN ('developer', 'partner')
)
SELECT i.subject, i.title AS name,
  (SELECT count(*) FROM asked a WHERE EXISTS (SELECT 1 FROM fact_step s
    WHERE s.subject = i.subject AND s.step = 'acceptance' AND s.actor = a.subject AND s.digest = i.digest)) AS part,
  (SELECT count(*) FROM asked) AS whole, i.state_at AS at
FROM items i WHERE i.kind = 'guideline' AND i.phase = 'in_force'
