-- Repositories, with what their newest assessment says.
-- Sorts: name, -at, -findings
-- Key: id
-- Total: yes
SELECT x.subject AS id, x.name, nullif(x.project, '') AS project, x.state, x.main, x.location, coalesce(x.schedule, 0) AS schedule,
  coalesce(r.at, 0) AS _at, coalesce(r.findings, -1) AS _findings, r.assessment, r.at, r.stale, r.head, r.violated, r.met, r.no_evidence, r.findings
FROM fact_repository x LEFT JOIN derived.repository r ON r.repository = x.subject
WHERE (:state = 'all' OR x.state = coalesce(:state, 'active'))
  AND (:project IS NULL OR x.project = :project)
  AND (:projects IS NULL OR x.project IN (SELECT value FROM json_each(:projects)))
  AND (:q IS NULL OR instr(lower(x.name), lower(:q)))
