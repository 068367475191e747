-- Evidence: changes of the last year in the register that concern services we offer: one that was approved, or an emergency
-- reviewed afterwards by somebody else, went through the process; an emergency nobody has reviewed within 14 days did not.
-- Blind spots: changes that nobody registered.
WITH services AS MATERIALIZED (
  SELECT c.subject, max(coalesce(s.audience, '') = 'internal') AS internal, max(coalesce(s.audience, 'customers') = 'customers') AS offered
  FROM item_change__services c LEFT JOIN item_service s ON s.subject = c.value GROUP BY c.subject
)
SELECT i.subject AS subject,
       CASE WHEN i.state IN ('approved', 'done') THEN 1 WHEN i.state_at + 14 * 86400 <= :now THEN 0 END AS ok,
       CASE WHEN i.state = 'emergency' THEN i.state_at + 14 * 86400 ELSE i.state_at END AS at, NULL AS due,
       CASE WHEN i.state = 'emergency' THEN i.state_at + 14 * 86400 END AS changes_at,
       i.via AS via, CASE WHEN i.state IN ('approved', 'done') THEN 1 ELSE 0 END AS approved, i.name AS name, i.title AS title
FROM item_change i LEFT JOIN services s ON s.subject = i.subject
WHERE i.state IN ('approved', 'done', 'emergency') AND (i.state_at >= :since OR i.state = 'emergency') AND coalesce(s.offered, 1)
