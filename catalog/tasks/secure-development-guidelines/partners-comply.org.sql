-- Evidence: guidelines in force: each person with the role Partner has accepted the version that stands there, within 30 days of its approval
-- or of getting the role.
-- Blind spots: whether who accepted has read; people who work without a role here.
WITH asked AS (
  SELECT person, min(at) AS since FROM role_holders WHERE role = 'partner' AND (until IS NULL OR until > :now) GROUP BY person
), pairs AS (
  SELECT g.subject, g.name, g.title, g.via, g.approved_at, max(a.since, g.approved_at) + 30 * 86400 AS grace,
         EXISTS (SELECT 1 FROM record_steps s WHERE s.subject = g.subject AND s.step = 'acceptance' AND s.current AND s.actor = a.person) AS accepted
  FROM item_guideline g JOIN asked a WHERE g.phase = 'in_force' AND g.approved = 1
)
SELECT p.subject AS subject,
       CASE WHEN sum(NOT p.accepted AND p.grace <= :now) > 0 THEN 0 WHEN sum(NOT p.accepted) = 0 THEN 1 END AS ok,
       coalesce(min(CASE WHEN NOT p.accepted AND p.grace <= :now THEN p.grace END), p.approved_at) AS at, NULL AS due,
       min(CASE WHEN NOT p.accepted AND p.grace > :now THEN p.grace END) AS changes_at, p.via AS via, 1 AS approved, p.name AS name, p.title AS title,
       sum(NOT p.accepted AND p.grace <= :now) AS missing, count(*) AS people
FROM pairs p GROUP BY p.subject
