-- Evidence: people with the role Developer, and the confirmed trainings they took part in: one counts until its end. Whose trainings have all run out
-- fails; who never took part says nothing yet.
-- Blind spots: trainings that nobody recorded; what was learnt.
WITH members AS (
  SELECT DISTINCT person FROM role_holders WHERE role = 'developer' AND (until IS NULL OR until > :now)
), taken AS (
  SELECT p.value AS person, max(t.valid_until) + 86400 AS ends, max(t.held) AS held, max(t.via) AS via
  FROM item_training t JOIN item_training__people p ON p.subject = t.subject WHERE t.phase = 'in_force' AND t.approved = 1 AND t.held <= :now GROUP BY p.value
)
SELECT p.subject AS subject, t.ends > :now AS ok, CASE WHEN t.ends > :now THEN t.held WHEN t.ends <= :now THEN t.ends ELSE p.at END AS at,
       CASE WHEN t.ends > :now THEN t.ends END AS due, coalesce(t.via, p.via) AS via, t.ends IS NOT NULL AS approved, p.name AS name, t.ends - 86400 AS ended_at
FROM members m JOIN fact_person p ON p.subject = m.person LEFT JOIN taken t ON t.person = m.person
WHERE EXISTS (SELECT 1 FROM taken)
