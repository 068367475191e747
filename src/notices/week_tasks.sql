-- Tasks now and a week ago: :day (a date, or '' when there is none to compare with). Needs derived.db.
SELECT d.task, d.status, coalesce(w.status, ''), coalesce(t.owner, ''), coalesce(p.name, ''), coalesce(t.due, 0) FROM derived.task d
LEFT JOIN derived.task w ON w.scope = 'org' AND w.day = :day AND w.task = d.task
LEFT JOIN fact_task t ON t.subject = 'task:' || d.task LEFT JOIN fact_person p ON p.subject = t.owner
WHERE d.scope = 'org' AND d.day = 'now' ORDER BY d.seq
