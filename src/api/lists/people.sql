-- People, with the roles they hold now. Whoever reads them for some projects alone sees who has a role there.
-- Sorts: name, since
-- Key: id
-- Total: yes
SELECT p.subject AS id, p.name, p.state, coalesce(p.bot, 0) AS bot, p.at AS since,
  (SELECT json_group_array(value) FROM (SELECT value FROM fact_person_addresses a WHERE a.n = p.n ORDER BY seq)) AS addresses,
  (SELECT json_group_array(json_object('role', role, 'scope', scope, 'until', strftime('%Y-%m-%dT%H:%M:%SZ', until, 'unixepoch'), 'group', held)) FROM (
    SELECT role, scope, until, NULL AS held FROM fact_role r
    WHERE r.subject = p.subject AND r.state = 'granted' AND (r.until IS NULL OR r.until > :now)
    UNION ALL
    SELECT r.role, r.scope, r.until, g.subject FROM fact_group_members m JOIN fact_group g ON g.n = m.n JOIN fact_role r ON r.subject = g.subject
    WHERE m.value = p.subject AND g.state = 'active' AND r.state = 'granted' AND (r.until IS NULL OR r.until > :now)
      AND r.role NOT IN ('admin', 'security_officer')
    ORDER BY 1, 2)) AS roles
FROM fact_person p
WHERE (:state = 'all' OR p.state = coalesce(:state, 'active'))
  AND (:role IS NULL OR EXISTS (SELECT 1 FROM fact_role r WHERE r.subject = p.subject AND r.role = :role AND r.state = 'granted'
    AND (r.until IS NULL OR r.until > :now)))
  AND (:projects IS NULL OR p.subject = :person OR EXISTS (SELECT 1 FROM fact_role r WHERE r.subject = p.subject AND r.state = 'granted'
    AND (r.until IS NULL OR r.until > :now) AND r.scope IN (SELECT value FROM json_each(:projects))))
  AND (:q IS NULL OR instr(lower(p.name), lower(:q)) OR EXISTS (SELECT 1 FROM fact_person_addresses a WHERE a.n = p.n
    AND instr(lower(a.value), lower(:q))))
