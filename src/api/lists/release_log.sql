-- Releases and deployments, newest first. `runs`: of a service and an environment the last deployment that went well.
-- Sorts: -date
-- Key: subject
WITH d AS (SELECT f.subject, f.kind, r.number, r.title, r.state, r.phase, f.at, f.content AS c, coalesce(f.content ->> 'deployed', f.content ->> 'released',
    strftime('%Y-%m-%d', f.at, 'unixepoch')) AS day,
  f.kind = 'deployment' AND r.phase <> 'closed' AND coalesce(f.content ->> 'outcome', 'done') = 'done' AS fine
  FROM records r JOIN fact_record f ON f.subject = r.subject WHERE r.kind IN ('deployment', 'release')
    AND (:service IS NULL OR r.n IN (SELECT n FROM fact_record_links WHERE value = :service))),
l AS (SELECT *, day || ' ' || coalesce(c ->> 'time', '') || printf(' %012d', at) AS _date, c ->> 'service' AS s, c ->> 'environment' AS e FROM d),
w AS (SELECT *, fine AND row_number() OVER (PARTITION BY s, e, fine ORDER BY _date DESC, subject DESC) = 1 AS runs FROM l)
SELECT w.subject, w.kind AS register, w.number, w.title, w.state, w.phase, w.day AS date, w.c ->> 'time' AS time, w.c ->> 'version' AS version,
  json_object('id', s.subject, 'name', s.title) AS service, json_object('id', e.subject, 'name', e.title) AS environment, w.c ->> 'type' AS type,
  w.c ->> 'outcome' AS outcome, json_object('id', p.subject, 'name', coalesce(p.name, w.c ->> 'automation')) AS who,
  json_object('id', b.subject, 'name', b.name) AS decided_by, w.c ->> 'decision' AS decision, w.c ->> 'commit' AS "commit", w.runs, w._date
FROM w LEFT JOIN fact_record s ON s.subject = w.s LEFT JOIN fact_record e ON e.subject = w.e LEFT JOIN fact_person p ON p.subject = w.c ->> 'who'
  LEFT JOIN fact_person b ON b.subject = w.c ->> 'decided_by'
WHERE (:environment IS NULL OR w.e = :environment)
  AND (:runs IS NULL OR w.runs = :runs)
  AND (:register IS NULL OR w.kind = :register)
  AND (:type IS NULL OR w.c ->> 'type' = :type)
  AND (:since IS NULL OR w.day >= :since)
