-- Items whose fields lead to this one.
-- Sorts: register, title, -at
-- Key: subject
SELECT r.subject, r.kind AS register, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, r.at, r.review_due, f.content
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.n IN (SELECT n FROM fact_record_links WHERE value = 'record:' || :register || '/' || :item)
  AND (:phase IS NULL OR r.phase = :phase)
