-- Evidence: changes in the register whose day of making has come: they are to be completed with their outcome within 14 days.
-- Blind spots: changes that nobody registered, and those that name no day.
SELECT i.subject AS subject, CASE WHEN i.state = 'done' THEN 1 WHEN i.done_at + 15 * 86400 <= :now THEN 0 END AS ok,
       CASE WHEN i.state = 'done' THEN i.state_at ELSE i.done_at + 15 * 86400 END AS at, NULL AS due,
       CASE WHEN i.state <> 'done' THEN i.done_at + 15 * 86400 END AS changes_at,
       i.via AS via, 1 AS approved, i.name AS name, i.title AS title, i.done_at AS done_at
FROM item_change i WHERE i.state IN ('approved', 'done') AND i.done_at BETWEEN :since AND :now
