-- Risks by their level, 1 to 25, before and after treatment.
-- Sorts: -level, -level_after, title, -number
-- Key: number
SELECT r.subject, r.number, r.title, r.state, r.phase, json_object('id', nullif(r.owner, ''), 'name', p.name) AS owner, f.content ->> 'treatment' AS treatment,
  x.likelihood, x.impact, x.likelihood_after, x.impact_after, coalesce(x.likelihood * x.impact, 0) AS level,
  coalesce(x.likelihood_after * x.impact_after, 0) AS level_after, r.review_due
FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_person p ON p.subject = r.owner
  JOIN (SELECT subject, CAST(substr(content ->> 'likelihood', 2) AS INTEGER) AS likelihood, CAST(substr(content ->> 'impact', 2) AS INTEGER) AS impact,
    CAST(substr(content ->> 'likelihood_after', 2) AS INTEGER) AS likelihood_after, CAST(substr(content ->> 'impact_after', 2) AS INTEGER) AS impact_after
    FROM fact_record WHERE kind = 'risk') x ON x.subject = r.subject
WHERE r.kind = 'risk'
  AND (:closed IS 1 OR r.phase <> 'closed')
  AND (:owner IS NULL OR r.owner = :owner)
  AND (:treatment IS NULL OR f.content ->> 'treatment' = :treatment)
  AND (:phase IS NULL OR r.phase = :phase)
