-- Audits, and how far each has come.
-- Sorts: -number, title, -at
-- Key: number
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, r.at,
  (SELECT json_object('id', t.subject, 'name', t.title) FROM fact_record t WHERE t.subject = f.content ->> 'service') AS service,
  f.content ->> 'standard' AS standard, f.content ->> 'auditor' AS auditor,
  (SELECT count(*) FROM fact_answer a WHERE a.subject = r.subject AND a.answer = 'pass') AS passed,
  (SELECT count(*) FROM fact_answer a WHERE a.subject = r.subject AND a.answer = 'fail') AS failed,
  (SELECT count(*) FROM fact_answer a WHERE a.subject = r.subject AND a.answer = 'not_applicable') AS left_out,
  (SELECT count(*) FROM records q WHERE q.kind = 'finding' AND q.phase = 'open' AND q.n IN (SELECT n FROM fact_record_links WHERE value = r.subject)) AS findings_open
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = 'audit'
  AND (:phase IS NULL OR r.phase = :phase)
  AND (:owner IS NULL OR r.owner = :owner)
