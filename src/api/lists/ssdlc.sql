-- Development projects with what the approved process wants of each step, and whether it is there. A criterion names a requirement point (judged by the
-- project's repositories; where they show nothing, by the organization), a register of which an item in force belongs to the project, or neither.
-- Sorts: -number, title, state_at
-- Key: number
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, r.state_at, r.review_due,
  f.content ->> 'start' AS start,
  (SELECT json_object('id', t.subject, 'name', t.title) FROM fact_record t WHERE t.subject = f.content ->> 'service') AS service,
  (SELECT json_group_array(json_object('before', s.value ->> 'before', 'text', s.value ->> 'criteria', 'point', substr(s.value ->> 'point', 12),
      'register', s.value ->> 'register',
      'verdict', (SELECT CASE WHEN x.verdict <> 'no_evidence' THEN x.verdict
          ELSE coalesce((SELECT o.verdict FROM derived.point o WHERE o.scope = 'org' AND o.day = 'now' AND o.point = substr(s.value ->> 'point', 12)), 'no_evidence') END
        FROM (SELECT coalesce((SELECT y.verdict FROM json_each(f.content, '$.repositories') l
            JOIN derived.repository_point y ON y.repository = l.value AND y.point = substr(s.value ->> 'point', 12)
            ORDER BY CASE y.verdict WHEN 'violated' THEN 0 WHEN 'at_risk' THEN 1 WHEN 'partly_met' THEN 2 WHEN 'no_evidence' THEN 3 ELSE 4 END LIMIT 1), 'no_evidence') AS verdict) x
        WHERE s.value ->> 'point' <> ''),
      'items', CASE WHEN s.value ->> 'register' <> '' THEN (SELECT count(*) FROM records q
        WHERE q.kind = s.value ->> 'register' AND q.phase = 'in_force' AND (q.review_due IS NULL OR q.review_due > :now)
          AND (coalesce(s.value ->> 'anywhere', 0) OR q.subject IN (SELECT value FROM fact_record_links WHERE n = r.n)
            OR q.n IN (SELECT n FROM fact_record_links WHERE value IN (r.subject, f.content ->> 'service')))) END))
    FROM (SELECT g.content FROM records w JOIN fact_record g ON g.subject = w.subject WHERE w.kind = 'process' AND w.phase = 'in_force' ORDER BY w.since DESC LIMIT 1) c,
      json_each(c.content, '$.steps') s WHERE s.value ->> 'before' <> '') AS criteria
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = 'project'
  AND (:closed IS 1 OR r.phase <> 'closed')
  AND (:owner IS NULL OR r.owner = :owner)
  AND (:state IS NULL OR r.state = :state)
