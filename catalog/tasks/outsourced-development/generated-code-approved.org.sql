-- Evidence: partners confirmed in the register, and contracts with them in force that have not ended: one of them agrees on
-- generated code.
-- Blind spots: partners that nobody registered; how the clause is worded, and whether it is kept.
WITH agreed AS MATERIALIZED (
  SELECT c.partner, max(EXISTS (SELECT 1 FROM item_contract__clauses k WHERE k.subject = c.subject AND k.value = 'generated_code')) AS has,
         max(c.approved) AS approved, max(c.until) AS until
  FROM item_contract c WHERE c.phase = 'in_force' AND (c.until IS NULL OR c.until + 86400 > :now) GROUP BY c.partner
), open AS MATERIALIZED (
  SELECT c.partner, min(c.until) + 86400 AS ends FROM item_contract c WHERE c.phase = 'in_force' AND c.until + 86400 > :now GROUP BY c.partner
)
SELECT i.subject AS subject, CASE WHEN a.has = 1 THEN 1 WHEN a.partner IS NOT NULL THEN 0 END AS ok, i.state_at AS at, NULL AS due,
       o.ends AS changes_at, i.via AS via, coalesce(a.approved, 0) AS approved, i.name AS name, i.title AS title
FROM item_partner i LEFT JOIN agreed a ON a.partner = i.subject LEFT JOIN open o ON o.partner = i.subject
WHERE i.phase = 'in_force'
