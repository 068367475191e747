-- Evidence: projects in the register that began in the last year and are past design: an impact assessment in force that
-- names the project, beginning with its screening. A project without one fails once any has one.
-- Blind spots: projects that nobody registered; assessments that name no project.
WITH screened AS MATERIALIZED (
  SELECT a.project, max(a.approved) AS approved FROM item_impact_assessment a
  WHERE a.phase = 'in_force' AND a.project IS NOT NULL AND a.screening IS NOT NULL GROUP BY a.project
)
SELECT i.subject AS subject,
       CASE WHEN s.project IS NOT NULL THEN 1 WHEN i.state NOT IN ('training', 'requirements', 'design') AND EXISTS (SELECT 1 FROM screened) THEN 0 END AS ok,
       i.start AS at, NULL AS due, i.via AS via, coalesce(s.approved, i.approved) AS approved, i.name AS name, i.title AS title
FROM item_project i LEFT JOIN screened s ON s.project = i.subject
WHERE i.state <> 'ended' AND i.start BETWEEN :since AND :now
