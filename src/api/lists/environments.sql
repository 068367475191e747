-- Environments with what their access lists hold, and those each stands beside: production beside the others of the same service.
-- Sorts: title, -number
-- Key: number
WITH e AS MATERIALIZED (
  SELECT r.subject, r.n, r.number, r.title, r.state, r.phase, r.owner, r.review_due, f.content AS c, f.content ->> 'purpose' AS purpose
  FROM records r JOIN fact_record f ON f.subject = r.subject WHERE r.kind = 'environment'
), serves AS MATERIALIZED (
  SELECT e.subject, s.subject AS service, s.title FROM e JOIN fact_record_links l ON l.n = e.n JOIN fact_record s ON s.subject = l.value AND s.kind = 'service'
), beside AS MATERIALIZED (
  SELECT DISTINCT a.subject, o.subject AS other, o.title, o.purpose, o.number FROM serves a JOIN serves b ON b.service = a.service JOIN e ON e.subject = a.subject
    JOIN e o ON o.subject = b.subject WHERE (coalesce(o.purpose, '') = 'production') <> (coalesce(e.purpose, '') = 'production') AND o.phase <> 'closed'
), listed AS MATERIALIZED (
  SELECT e.subject, coalesce(a.value ->> 'shared', 0) AS shared, coalesce(a.value ->> 'person', (SELECT min(p.subject) FROM fact_person_addresses d JOIN fact_person p ON p.n = d.n
      WHERE d.value = trim(a.value ->> 'account') COLLATE NOCASE HAVING count(DISTINCT p.subject) = 1)) AS person FROM e, json_each(e.c, '$.access') a
), counted AS MATERIALIZED (
  SELECT l.subject, count(*) AS accounts, sum(l.shared) AS shared, count(*) FILTER (WHERE p.state = 'left') AS gone, count(*) FILTER (WHERE p.subject IS NULL AND NOT l.shared) AS unmatched
  FROM listed l LEFT JOIN fact_person p ON p.subject = l.person GROUP BY l.subject
)
SELECT e.subject, e.number, e.title, e.state, e.phase, json_object('id', nullif(e.owner, ''), 'name', p.name) AS owner, e.purpose, e.review_due,
  (SELECT json_group_array(json_object('id', s.service, 'name', s.title)) FROM serves s WHERE s.subject = e.subject) AS services,
  (SELECT json_group_array(json_object('id', b.other, 'name', b.title, 'purpose', b.purpose)) FROM (SELECT * FROM beside x WHERE x.subject = e.subject ORDER BY x.number) b) AS beside,
  coalesce(k.accounts, 0) AS accounts, coalesce(k.shared, 0) AS shared, coalesce(k.gone, 0) AS "left", coalesce(k.unmatched, 0) AS unmatched, e.c ->> 'list_day' AS list_day,
  coalesce(strftime('%s', e.c ->> 'list_day') + ((e.c ->> 'list_days') + 1) * 86400 <= :now, 0) AS list_late
FROM e LEFT JOIN fact_person p ON p.subject = e.owner LEFT JOIN counted k ON k.subject = e.subject
WHERE (:closed IS 1 OR e.phase <> 'closed')
  AND (:purpose IS NULL OR e.purpose = :purpose)
  AND (:service IS NULL OR e.subject IN (SELECT subject FROM serves WHERE service = :service))
  AND (:q IS NULL OR instr(lower(e.title), lower(:q)))
