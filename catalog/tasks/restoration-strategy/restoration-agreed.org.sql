-- Evidence: confirmed services and restoration plans of the registers: each confirmed service needs one that is
-- approved and in its review cycle. Where the register is in use, a service without one fails after 30 days.
-- Blind spots: services that nobody registered; what is kept elsewhere while the register is not used at all.
WITH covers AS (
  SELECT c.service, max(coalesce(c.review_due, 253402300800)) AS due, min(c.approved_at) AS at, max(c.via = 'import') AS handed
  FROM (SELECT service, phase, approved, review_due, approved_at, via FROM item_restoration_plan) c WHERE c.phase = 'in_force' AND c.approved = 1 GROUP BY c.service
), used AS (SELECT min(approved_at) AS since FROM item_restoration_plan WHERE phase = 'in_force' AND approved = 1),
judged AS (
  SELECT s.subject, s.name, s.title, s.via, s.state_at, c.service IS NOT NULL AS covered, c.due AS review, c.at AS covered_at, c.handed,
         max(s.state_at, u.since) + 30 * 86400 AS grace
  FROM item_service s CROSS JOIN used u LEFT JOIN covers c ON c.service = s.subject WHERE s.phase = 'in_force'
)
SELECT j.subject AS subject,
       CASE WHEN j.covered THEN j.review > :now WHEN j.grace <= :now THEN 0 END AS ok,
       CASE WHEN NOT j.covered AND j.grace <= :now THEN j.grace WHEN NOT j.covered THEN j.state_at
            WHEN j.review > :now THEN j.covered_at ELSE j.review END AS at,
       CASE WHEN j.covered AND j.review > :now AND j.review < 253402300800 THEN j.review END AS due,
       CASE WHEN NOT j.covered AND j.grace > :now THEN j.grace END AS changes_at,
       CASE WHEN j.handed THEN 'import' ELSE j.via END AS via, j.covered AS approved, j.name AS name, j.title AS title,
       CASE WHEN j.covered THEN 'has a restoration plan whose review is overdue' ELSE 'has no approved restoration plan' END AS what_en,
       CASE WHEN j.covered THEN 'palautussuunnitelma odottaa myöhässä olevaa katselmointia' ELSE 'hyväksytty palautussuunnitelma puuttuu' END AS what_fi
FROM judged j
