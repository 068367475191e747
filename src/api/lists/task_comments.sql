-- Comments on a task.
-- Sorts: -n
-- Key: n
SELECT c.n, c.at, json_object('id', c.actor, 'name', p.name) AS by, c.text,
  (SELECT json_group_array(json_object('id', m.value, 'name', q.name))
    FROM fact_note_mentions m LEFT JOIN fact_person q ON q.subject = m.value WHERE m.n = c.n) AS mentions
FROM fact_note c LEFT JOIN fact_person p ON p.subject = c.actor
WHERE c.subject = 'task:' || :task
  AND (:project IS NULL OR c.project = 'project:' || :project)
  AND (:projects IS NULL OR c.project IN (SELECT value FROM json_each(:projects)))
