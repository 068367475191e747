-- Evidence: services confirmed in the register, and the definitions of critical code in force: one for the service, or for a
-- repository of it, within its review. A service without one fails once any service has one.
-- Blind spots: services that nobody registered; whether the paths are the right ones.
WITH definitions AS MATERIALIZED (
  SELECT c.service, c.repository, c.review_due, c.approved FROM item_critical_code c WHERE c.phase = 'in_force'
), covered AS MATERIALIZED (
  SELECT d.repository, max(d.review_due) AS review_due, max(d.approved) AS approved FROM definitions d GROUP BY d.repository
), defined AS MATERIALIZED (
  SELECT x.service, max(x.review_due) AS review_due, max(x.approved) AS approved FROM (
    SELECT d.service, d.review_due, d.approved FROM definitions d WHERE d.service IS NOT NULL
    UNION ALL
    SELECT r.subject, c.review_due, c.approved FROM item_service__repositories r CROSS JOIN covered c WHERE c.repository = r.value
  ) x GROUP BY x.service
)
SELECT i.subject AS subject,
       CASE WHEN d.review_due <= :now THEN 0 WHEN d.service IS NOT NULL THEN 1
            WHEN EXISTS (SELECT 1 FROM defined) THEN 0 END AS ok,
       coalesce(CASE WHEN d.review_due <= :now THEN d.review_due END, i.state_at) AS at, d.review_due AS due,
       i.via AS via, coalesce(d.approved, i.approved) AS approved, i.name AS name, i.title AS title,
       CASE WHEN d.service IS NULL THEN 'has no definition of its critical code' ELSE 'has a definition of its critical code that is past its review' END AS what_en,
       CASE WHEN d.service IS NULL THEN 'ei ole määritelty kriittistä koodia' ELSE 'määrittely kriittisestä koodista on jäänyt katselmoimatta' END AS what_fi
FROM item_service i LEFT JOIN defined d ON d.service = i.subject WHERE i.phase = 'in_force'
