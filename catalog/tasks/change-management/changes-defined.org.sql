-- Evidence: changes in the register that were made in the last year and were no emergencies: the day they were made is not
-- before the day somebody else approved them.
-- Blind spots: changes that nobody registered; the day of making is what its writer says.
WITH approvals AS MATERIALIZED (
  SELECT s.subject, min(s.at) AS at FROM record_steps s WHERE s.kind = 'change' AND s.approves GROUP BY s.subject
)
SELECT i.subject AS subject, CASE WHEN i.done_at + 86400 > a.at THEN 1 ELSE 0 END AS ok, i.done_at AS at, NULL AS due,
       i.via AS via, 1 AS approved, i.name AS name, i.title AS title, a.at AS approved_at
FROM item_change i JOIN approvals a ON a.subject = i.subject
WHERE i.phase = 'in_force' AND i.type <> 'emergency' AND i.done_at BETWEEN :since AND :now
