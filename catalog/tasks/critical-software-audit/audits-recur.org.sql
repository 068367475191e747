-- Evidence: the services that an audit plan in force names with a day: an approved audit of each, not longer before that day
-- than the plan's cycle.
-- Blind spots: services that the plan does not name.
WITH audits AS MATERIALIZED (
  SELECT a.service, max(a.held_to) AS held FROM item_audit a WHERE a.phase = 'in_force' AND a.held_to <= :now GROUP BY a.service
)
SELECT p.subject AS subject,
       CASE WHEN a.held > s.due - coalesce(p.cycle, 365) * 86400 THEN 1
            WHEN s.due + 86400 <= :now THEN 0 END AS ok,
       s.due AS at, NULL AS due, CASE WHEN s.due + 86400 > :now THEN s.due + 86400 END AS changes_at,
       p.via AS via, p.approved AS approved, p.name AS name, s.due AS due_at, coalesce(v.title, s.service) AS title, s.service AS service
FROM item_audit_plan p JOIN item_audit_plan__services s ON s.subject = p.subject LEFT JOIN item_service v ON v.subject = s.service
  LEFT JOIN audits a ON a.service = s.service
WHERE p.phase = 'in_force' AND s.due IS NOT NULL
