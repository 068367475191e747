-- Partners with what is agreed and what they owe.
-- Sorts: title, access_until
-- Key: subject
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, f.content ->> 'does' AS does,
  coalesce(f.content ->> 'access_until', '') AS access_until, coalesce(json_array_length(f.content, '$.people'), 0) AS people,
  coalesce(json_array_length(f.content, '$.subcontractors'), 0) AS subcontractors, coalesce(json_array_length(f.content, '$.duties'), 0) AS duties,
  (SELECT count(*) FROM json_each(f.content, '$.duties') d WHERE coalesce(d.value ->> 'received', '') = '' AND d.value ->> 'due' < strftime('%Y-%m-%d', :now, 'unixepoch')) AS duties_late,
  (SELECT min(d.value ->> 'due') FROM json_each(f.content, '$.duties') d WHERE coalesce(d.value ->> 'received', '') = '') AS duty_next,
  (SELECT count(*) FROM records c WHERE c.kind = 'contract' AND c.phase = 'in_force' AND c.n IN (SELECT n FROM fact_record_links WHERE value = r.subject)) AS contracts,
  EXISTS (SELECT 1 FROM records c JOIN fact_record g ON g.subject = c.subject, json_each(g.content, '$.clauses') k WHERE c.kind = 'contract' AND c.phase = 'in_force'
    AND c.n IN (SELECT n FROM fact_record_links WHERE value = r.subject) AND k.value = 'audit') AS audit_right,
  (SELECT max(g.content ->> 'audited') FROM fact_record g WHERE g.kind = 'contract' AND g.n IN (SELECT n FROM fact_record_links WHERE value = r.subject)) AS audited
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = 'partner'
  AND (:closed IS 1 OR r.phase <> 'closed')
  AND (:q IS NULL OR instr(lower(r.title), lower(:q)))
