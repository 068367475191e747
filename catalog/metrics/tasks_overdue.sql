-- Evidence: due dates of tasks and their computed status.
-- Blind spots: tasks without a due date.
SELECT f.subject, NULL AS name, f.due < :day AND s.status <> 'fully_done' AS part, 1 AS whole, f.due AS at
FROM fact_task f JOIN standing_tasks s ON s.subject = f.subject
WHERE f.due > 0 AND s.status <> 'not_relevant'
