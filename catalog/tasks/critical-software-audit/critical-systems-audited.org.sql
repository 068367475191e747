-- Evidence: critical services confirmed in the register: an approved audit of each within the cycle of the audit plan in
-- force (three years where none says); findings of audits, closed by their day.
-- Blind spots: services that nobody registered; how thorough the audit was.
WITH cycle AS MATERIALIZED (
  SELECT coalesce((SELECT min(p.cycle) FROM item_audit_plan p WHERE p.phase = 'in_force' AND p.cycle > 0), 1095) * 86400 AS seconds
), audits AS MATERIALIZED (
  SELECT a.service, max(a.held_to) AS held, max(a.approved) AS approved FROM item_audit a
  WHERE a.phase = 'in_force' AND a.held_to <= :now GROUP BY a.service
)
SELECT i.subject AS subject, CASE WHEN a.held + c.seconds > :now THEN 1 ELSE 0 END AS ok,
       CASE WHEN a.held + c.seconds > :now THEN a.held ELSE coalesce(a.held + c.seconds, i.state_at) END AS at, a.held + c.seconds AS due,
       i.via AS via, coalesce(a.approved, i.approved) AS approved, i.name AS name, i.title AS title,
       CASE WHEN a.held IS NULL THEN 'has not been audited' ELSE 'was audited last longer ago than the cycle allows' END AS what_en,
       CASE WHEN a.held IS NULL THEN 'ei ole auditoitu' ELSE 'edellinen auditointi on auditointiväliä vanhempi' END AS what_fi
FROM item_service i CROSS JOIN cycle c LEFT JOIN audits a ON a.service = i.subject
WHERE i.phase = 'in_force' AND i.criticality = 'critical'
UNION ALL
SELECT f.subject, CASE WHEN f.phase = 'in_force' THEN 1 WHEN f.due + 86400 <= :now THEN 0 END,
       CASE WHEN f.phase = 'in_force' THEN f.state_at ELSE f.due + 86400 END, NULL, f.via,
       CASE WHEN f.phase = 'in_force' THEN f.approved ELSE 0 END, f.name, f.title,
       'was to be closed by ' || date(f.due, 'unixepoch'), 'piti korjata viimeistään ' || date(f.due, 'unixepoch')
FROM item_finding f WHERE f.source GLOB 'record:audit/*' AND f.phase <> 'closed'
