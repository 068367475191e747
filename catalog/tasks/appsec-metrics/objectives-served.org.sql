-- Evidence: metrics of the register that are in force and approved: each has an objective and a target, and was presented in an approved management
-- review within its own cycle. One that is new has until the end of its first cycle.
-- Blind spots: metrics and reviews that nobody registered; what those who lead made of the figure.
WITH seen AS (
  SELECT m.value AS metric, max(r.held) AS held FROM item_management_review r JOIN item_management_review__metrics m ON m.subject = r.subject
  WHERE r.phase = 'in_force' AND r.approved = 1 AND r.held <= :now GROUP BY m.value
), judged AS (
  SELECT i.subject, i.via, i.name, i.title, i.state_at, s.held, i.objective IS NOT NULL AND i.target IS NOT NULL AS aimed,
         coalesce(s.held, i.state_at) + i.cycle * 86400 + 86400 AS ends, i.cycle
  FROM item_metric i LEFT JOIN seen s ON s.metric = i.subject WHERE i.phase = 'in_force' AND i.approved = 1
)
SELECT j.subject AS subject,
       CASE WHEN NOT j.aimed THEN 0 WHEN j.ends <= :now THEN 0 WHEN j.held IS NOT NULL THEN 1 END AS ok,
       CASE WHEN NOT j.aimed THEN j.state_at WHEN j.ends <= :now THEN j.ends ELSE coalesce(j.held, j.state_at) END AS at,
       CASE WHEN j.aimed AND j.held IS NOT NULL AND j.ends > :now AND j.cycle > 60 THEN j.ends END AS due,
       CASE WHEN j.aimed AND j.ends > :now AND (j.held IS NULL OR j.cycle <= 60) THEN j.ends END AS changes_at,
       j.via AS via, 1 AS approved, j.name AS name, j.title AS title,
       CASE WHEN NOT j.aimed THEN 'has no objective or no target' WHEN j.held IS NULL THEN 'has never been presented in a management review'
            ELSE 'was last presented longer ago than its cycle' END AS what_en,
       CASE WHEN NOT j.aimed THEN 'tavoite tai tavoitearvo puuttuu' WHEN j.held IS NULL THEN 'ei ole koskaan esitetty johdon katselmuksessa'
            ELSE 'edellisestä esittelystä on kulunut enemmän kuin esitysväli' END AS what_fi
FROM judged j
