-- Changes as the change board shows them: what is not over first, then what was moved last.
-- Sorts: -order, -number, title
-- Key: number
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, r.digest, r.at, r.state_at,
  coalesce(f.content ->> 'type', '') AS type, f.content ->> 'risk_level' AS risk_level, f.content ->> 'done_at' AS done_at,
  (SELECT json_group_array(json_object('id', l.value, 'name', t.title)) FROM fact_record_links l JOIN fact_record t ON t.subject = l.value AND t.kind = 'service'
    WHERE l.n = r.n) AS services,
  EXISTS (SELECT 1 FROM fact_step h WHERE h.subject = r.subject AND h.n > r.n AND h.move = 'hurry') AS hurried,
  CASE WHEN r.state IN ('done', 'dropped') THEN r.state_at ELSE 1000000000000 + r.state_at END AS _order
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = 'change'
  AND (:state IS NULL OR r.state = :state)
  AND (:closed IS 1 OR r.phase <> 'closed')
  AND (:owner IS NULL OR r.owner = :owner)
  AND (:type IS NULL OR f.content ->> 'type' = :type)
  AND (:risk IS NULL OR f.content ->> 'risk_level' = :risk)
  AND (:service IS NULL OR r.n IN (SELECT n FROM fact_record_links WHERE value = :service))
  AND (:q IS NULL OR instr(lower(r.title), lower(:q)))
