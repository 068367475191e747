-- Evidence: restoration plans in force, each tried within its own cycle: the newest approved restore test brought code and data back.
-- A plan that was never tried fails when it has been in force for longer than its cycle.
-- Blind spots: tests that nobody recorded; whether the test was like a true loss is what its notes say.
WITH tests AS (
  SELECT t.plan, t.held, t.code, t.data, t.via, row_number() OVER (PARTITION BY t.plan ORDER BY t.held DESC, t.n DESC) AS newest
  FROM item_restore_test t WHERE t.phase = 'in_force' AND t.approved = 1 AND t.held <= :now
), judged AS (
  SELECT p.subject, p.name, p.title, p.via AS plan_via, t.via, t.held, t.code AND t.data AS back,
         coalesce(t.held, p.approved_at) + p.cycle * 86400 + 86400 AS ends, p.approved_at
  FROM item_restoration_plan p LEFT JOIN tests t ON t.plan = p.subject AND t.newest = 1
  WHERE p.phase = 'in_force' AND p.approved = 1 AND p.cycle > 0
)
SELECT j.subject AS subject,
       CASE WHEN j.held IS NOT NULL AND NOT j.back THEN 0 WHEN j.ends <= :now THEN 0 WHEN j.held IS NOT NULL THEN 1 END AS ok,
       CASE WHEN j.held IS NOT NULL AND NOT j.back THEN j.held WHEN j.ends <= :now THEN j.ends ELSE coalesce(j.held, j.approved_at) END AS at,
       CASE WHEN j.back AND j.ends > :now THEN j.ends END AS due,
       CASE WHEN j.held IS NULL AND j.ends > :now THEN j.ends END AS changes_at,
       coalesce(j.via, j.plan_via) AS via, 1 AS approved, j.name AS name, j.title AS title,
       CASE WHEN j.held IS NULL THEN 'has never been tried' WHEN NOT j.back THEN 'did not bring everything back when it was last tried'
            ELSE 'was last tried longer ago than its cycle' END AS what_en,
       CASE WHEN j.held IS NULL THEN 'sitä ei ole koskaan kokeiltu' WHEN NOT j.back THEN 'viimeisin kokeilu ei palauttanut kaikkea'
            ELSE 'edellisestä kokeilusta on kulunut enemmän kuin testausväli' END AS what_fi
FROM judged j
