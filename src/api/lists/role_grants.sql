-- Roles of people and groups: the newest word on each.
-- Sorts: name, role, -since
-- Key: id
-- Total: yes
SELECT r.subject || ' ' || r.role || ' ' || r.scope AS id, r.subject, coalesce(p.name, g.name, '') AS name, r.role, r.scope, t.title AS scope_name,
  CASE WHEN r.state = 'revoked' THEN 'revoked' WHEN r.until <= :now THEN 'ended' ELSE 'granted' END AS state,
  r.until, r.at AS since, json_object('id', r.actor, 'name', b.name) AS by
FROM fact_role r LEFT JOIN fact_person p ON p.subject = r.subject LEFT JOIN fact_group g ON g.subject = r.subject
  LEFT JOIN fact_project t ON t.subject = r.scope LEFT JOIN fact_person b ON b.subject = r.actor
WHERE (coalesce(:state, 'active') = 'all'
    OR (coalesce(:state, 'active') = 'active') = (r.state = 'granted' AND (r.until IS NULL OR r.until > :now)))
  AND (:role IS NULL OR r.role = :role)
  AND (:subject IS NULL OR r.subject = :subject)
  AND (:scope IS NULL OR r.scope = :scope)
