-- Repositories, with what their newest assessment says, and whether a gate stands before their main branch.
-- Sorts: name, -at, -findings
-- Key: id
-- Total: yes
SELECT x.id, x.name, x.project, x.state, x.main, x.location, x.host, x.schedule, x._at, x._findings, x.assessment, x.at, x.stale, x.head, x.violated, x.met,
  x.no_evidence, x.findings, x.gate
FROM (
  SELECT y.subject AS id, y.name, nullif(y.project, '') AS project, y.state, y.main,
    CASE WHEN y.hosted THEN NULL
      -- what may be a secret is not shown (git/location.h): a user of https, or one with a password
      WHEN y.location GLOB '*://*@*' AND instr(y.location, '@') < instr(substr(y.location, instr(y.location, '://') + 3) || '/', '/') + instr(y.location, '://') + 2
        AND (y.location GLOB 'https:*' OR y.location GLOB '*://*:*@*')
        THEN substr(y.location, 1, instr(y.location, '://') + 2) || '***' || substr(y.location, instr(y.location, '@'))
      ELSE y.location END AS location,
    CASE WHEN y.hosted THEN 'hosted' ELSE nullif(y.gate, '') END AS host, coalesce(y.schedule, 0) AS schedule,
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
