-- Tasks that are, or soon will be, late: of their owner, in the organization and in projects (detail). :person, :now, :ahead (seconds more than usual).
-- Needs derived.db.
WITH care AS (
  SELECT n, at, subject, owner, due, review_days, reviewed_at, 'org' AS scope FROM fact_task WHERE owner = :person
  UNION ALL SELECT n, at, subject, owner, due, review_days, reviewed_at, project FROM fact_task_project WHERE owner = :person)
SELECT CASE WHEN t.due <= :now THEN 'task_overdue' ELSE 'task_due' END AS what, t.subject, '' AS title, t.scope AS detail, t.due AS moment, t.due AS due
FROM care t JOIN derived.task d ON d.scope = t.scope AND d.day = 'now' AND d.task = substr(t.subject, 6)
WHERE t.due > 0 AND t.due < :now + 7 * 86400 + :ahead AND d.status NOT IN ('fully_done', 'not_relevant')
UNION ALL
-- a cycle counts from the last review; where there was none, from when somebody last saw to the task
SELECT CASE WHEN due <= :now THEN 'review_overdue' ELSE 'review_due' END, subject, '', scope, due, due
FROM (SELECT subject, scope, coalesce(nullif(reviewed_at, 0), at) + review_days * 86400 AS due FROM care WHERE review_days > 0)
WHERE due < :now + 14 * 86400 + :ahead
