-- New files that look critical and that a gate let in (push.candidates), until an approved definition names them or says that they are not, CODEOWNERS names
-- them, they are gone (push.settled), or their change was abandoned. One row for a change, or for what came without one: subject, repository's name, project,
-- path of the first, how many, when the newest of them was first seen, whether :person answers for the repository's critical code, whether anybody does.
-- The patterns as in new-critical-code-found: without a slash anywhere, with one from the top.
WITH found AS MATERIALIZED (
  SELECT coalesce(r.change, p.subject) AS subject, p.subject AS repository, c.path, c.n, c.seq, h.state,
         r.change IS NULL OR r.patch_set = (SELECT max(s.number) FROM fact_patch_set s WHERE s.subject = r.change) AS newest
  FROM fact_push_candidates c JOIN fact_push p ON p.n = c.n JOIN fact_push_refs r ON r.n = c.n AND r.ref = c.ref LEFT JOIN fact_change h ON h.subject = r.change
  WHERE p.at > :now - 180 * 86400 AND coalesce(h.state, '') <> 'abandoned' AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
), definition AS MATERIALIZED (
  SELECT subject, content ->> '$.repository' AS repository, owner, content FROM ( -- as they were approved last, which is how the gate reads them
    SELECT r.subject, CASE WHEN v.n = r.n THEN r.owner ELSE (SELECT b.body ->> '$.payload.owner' FROM bodies b WHERE b.n = v.n) END AS owner,
      CASE WHEN v.n = r.n THEN r.content ELSE (SELECT b.body ->> '$.payload.content' FROM bodies b WHERE b.n = v.n) END AS content
    FROM records r JOIN fact_record_versions v ON v.subject = r.subject
    WHERE EXISTS (SELECT 1 FROM found) AND r.kind = 'critical_code' AND r.phase <> 'closed'
      AND v.version = (SELECT a.version FROM fact_step a WHERE a.subject = r.subject AND a.approves ORDER BY a.n DESC LIMIT 1))
  WHERE content ->> '$.repository' IN (SELECT repository FROM found)
), pattern AS MATERIALIZED (
  SELECT repository, pattern, instr(pattern, '/') = 0 AS anywhere FROM (
    SELECT d.repository, replace(trim(trim(v.value ->> '$.pattern'), '/'), '**', '*') AS pattern FROM definition d JOIN json_each(d.content, '$.paths') v
    UNION ALL SELECT d.repository, replace(trim(trim(v.value ->> '$.pattern'), '/'), '**', '*') FROM definition d JOIN json_each(d.content, '$.cleared') v)
  WHERE pattern <> ''
), answering AS (
  SELECT d.repository, o.value AS person FROM definition d JOIN json_each(d.content, '$.owners') o
  UNION SELECT d.repository, m.value FROM definition d JOIN json_each(d.content, '$.groups') g JOIN fact_group x ON x.subject = g.value AND x.state = 'active'
    JOIN fact_group_members m ON m.n = x.n
  UNION SELECT d.repository, d.owner FROM definition d
    WHERE coalesce(json_array_length(d.content, '$.owners'), 0) = 0 AND coalesce(json_array_length(d.content, '$.groups'), 0) = 0
), undecided AS (
  SELECT f.subject, f.repository, f.path, f.state, (SELECT min(e.n) FROM found e WHERE e.subject = f.subject AND e.path = f.path) AS first, min(f.n * 1000 + f.seq) AS place
  FROM found f
  WHERE f.newest
    AND NOT EXISTS (SELECT 1 FROM pattern t WHERE t.repository = f.repository AND (f.path GLOB t.pattern OR f.path GLOB t.pattern || '/*'
      OR (t.anywhere AND (f.path GLOB '*/' || t.pattern OR f.path GLOB '*/' || t.pattern || '/*'))))
    AND NOT EXISTS (SELECT 1 FROM fact_push_settled s JOIN fact_push o ON o.n = s.n WHERE s.path = f.path AND s.n > f.n AND o.subject = f.repository)
  GROUP BY f.subject, f.path
)
SELECT u.subject, r.name, coalesce(r.project, '') AS project, (SELECT v.path FROM undecided v WHERE v.subject = u.subject ORDER BY v.place LIMIT 1) AS path, count(*) AS files,
  max(u.first) AS moment, EXISTS (SELECT 1 FROM answering a WHERE a.repository = u.repository AND a.person = :person) AS mine,
  EXISTS (SELECT 1 FROM answering a WHERE a.repository = u.repository) AS answered, coalesce(u.state, '') = 'open' AS open, u.repository
FROM undecided u JOIN fact_repository r ON r.subject = u.repository AND r.state = 'active'
GROUP BY u.subject ORDER BY moment LIMIT 200
