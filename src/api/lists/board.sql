-- Items of one register with what they hold, for boards: a column of each is its state. `names` are what links lead to.
-- Sorts: -number, title, -at, -state_at
-- Key: number
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, r.version, r.digest, r.at, r.state_at,
  r.approved_at, r.review_due, f.content,
  (SELECT json_group_array(json_object('id', l.value, 'name', t.title)) FROM fact_record_links l JOIN fact_record t ON t.subject = l.value WHERE l.n = r.n) AS names
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = :register
  AND (:state IS NULL OR r.state = :state)
  AND (:phase IS NULL OR r.phase = :phase)
  AND (:closed IS NOT 0 OR r.phase <> 'closed')
  AND (:owner IS NULL OR r.owner = :owner)
  AND (:links IS NULL OR r.n IN (SELECT n FROM fact_record_links WHERE value = :links))
  AND (:q IS NULL OR instr(lower(r.title), lower(:q)))
