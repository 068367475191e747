-- Evidence: the status of each task as it is computed from facts.
-- Blind spots: a task counts in full or not at all; how hard it is does not weigh.
SELECT subject, NULL AS name, status = 'fully_done' AS part, status <> 'not_relevant' AS whole, NULL AS at
FROM standing_tasks
