-- Evidence: permissions of the sandbox in force: each is within its end. One past its end that nobody has retired fails: nobody has said that the access
-- is closed.
-- Blind spots: access that nobody asked for.
SELECT p.subject AS subject, p.until + 86400 > :now AS ok, CASE WHEN p.until + 86400 > :now THEN p.state_at ELSE p.until + 86400 END AS at, NULL AS due,
       CASE WHEN p.until + 86400 > :now THEN p.until + 86400 END AS changes_at, p.via AS via, 1 AS approved, p.name AS name, p.code AS code, p.resource AS resource, p.until AS until_at
FROM item_sandbox_permission p WHERE p.phase = 'in_force' AND p.approved = 1
