-- Repositories, with what their newest assessment says, and whether a gate stands before their main branch.
-- Sorts: name, -at, -findings
-- Key: id
-- Total: yes
SELECT x.id, x.name, x.project, x.state, x.main, x.location, x.schedule, x._at, x._findings, x.assessment, x.at, x.stale, x.head, x.violated, x.met,
  x.no_evidence, x.findings, x.gate
FROM (
  SELECT y.subject AS id, y.name, nullif(y.project, '') AS project, y.state, y.main, y.location, coalesce(y.schedule, 0) AS schedule,
    coalesce(r.at, 0) AS _at, coalesce(r.findings, -1) AS _findings, r.assessment, r.at, r.stale, r.head, r.violated, r.met, r.no_evidence, r.findings,
    CASE WHEN y.hosted IS NULL AND y.gate IS NULL THEN 'none'
      -- a star of a pattern stands for no slash
      WHEN EXISTS (SELECT 1 FROM fact_protection p WHERE p.subject = y.subject AND p.state = 'active' AND y.main GLOB p.pattern
        AND length(replace(y.main, '/', '')) - length(y.main) = length(replace(p.pattern, '/', '')) - length(p.pattern)) THEN 'protected'
      ELSE 'open' END AS gate
  FROM fact_repository y LEFT JOIN derived.repository r ON r.repository = y.subject) x
WHERE (:state = 'all' OR x.state = coalesce(:state, 'active'))
  AND (:project IS NULL OR x.project = :project)
  AND (:projects IS NULL OR x.project IN (SELECT value FROM json_each(:projects)))
  AND (:gate IS NULL OR x.gate = :gate)
  AND (:q IS NULL OR instr(lower(x.name), lower(:q)))
