-- Who is on the access list of an environment, and of another beside it: a row for each person, and for each account that is nobody's we know. People are matched where the
-- list names them, or an address of one person alone; who has no name on one list takes that of the same account on the other.
-- Sorts: name, side, level_here, level_there
-- Key: holder
-- Total: yes
WITH side AS MATERIALIZED (
  SELECT 1 AS here, f.content ->> 'developers' AS developers, f.content AS c FROM fact_record f WHERE f.subject = 'record:environment/' || :item
  UNION ALL SELECT 0, f.content ->> 'developers', f.content FROM fact_record f WHERE f.subject = 'record:environment/' || :beside AND :beside <> :item
), listed AS MATERIALIZED (
  SELECT s.here, s.developers, a.key AS seq, trim(a.value ->> 'account') AS account, lower(trim(a.value ->> 'account')) AS low, a.value ->> 'name' AS name, coalesce(a.value ->> 'level', '') AS level,
    CASE a.value ->> 'allows' WHEN 'read' THEN 1 WHEN 'change' THEN 2 WHEN 'admin' THEN 3 END AS allows, a.value ->> 'shared' AS shared,
    coalesce(a.value ->> 'person', (SELECT min(p.subject) FROM fact_person_addresses d JOIN fact_person p ON p.n = d.n
      WHERE d.value = trim(a.value ->> 'account') COLLATE NOCASE HAVING count(DISTINCT p.subject) = 1)) AS person
  FROM side s, json_each(s.c, '$.access') a
), same AS MATERIALIZED (
  SELECT low, min(person) AS person FROM listed WHERE person IS NOT NULL GROUP BY low HAVING count(DISTINCT person) = 1
), developer AS MATERIALIZED (SELECT DISTINCT person FROM role_holders WHERE role = 'developer' AND (until IS NULL OR until > :now)
), held AS MATERIALIZED (
  SELECT l.here, l.seq, l.account, l.name, l.level, l.allows, l.shared, coalesce(l.person, s.person) AS person, coalesce(l.person, s.person, 'account:' || l.low) AS holder,
    d.person IS NOT NULL AS developer, d.person IS NOT NULL AND (l.developers = 'none' OR l.developers = 'read' AND l.allows >= 2) AS beyond,
    l.shared IS NULL AND coalesce(l.person, s.person) IS NULL AND l.low IN ('root', 'admin', 'administrator', 'sa', 'guest', 'test', 'user', 'demo', 'shared', 'common',
      'operator', 'support', 'service', 'backup', 'postgres', 'oracle', 'sysadmin', 'superuser', 'yhteinen', 'vieras', 'ylläpito') AS generic
  FROM listed l LEFT JOIN same s ON s.low = l.low LEFT JOIN developer d ON d.person = coalesce(l.person, s.person) ORDER BY l.here DESC, l.seq
), one AS (
  SELECT holder, max(person) AS person, max(CASE WHEN here THEN name END) AS name_here, max(name) AS name, min(account) AS account,
    group_concat(CASE WHEN here THEN account END, '; ') AS account_here, group_concat(CASE WHEN here THEN level END, '; ') AS level_here, max(CASE WHEN here THEN allows END) AS allows_here,
    group_concat(CASE WHEN NOT here THEN account END, '; ') AS account_there, group_concat(CASE WHEN NOT here THEN level END, '; ') AS level_there,
    max(CASE WHEN NOT here THEN allows END) AS allows_there, max(coalesce(shared, 0)) AS shared, max(developer) AS developer, coalesce(max(beyond), 0) AS beyond, max(generic) AS generic
  FROM held GROUP BY holder
), told AS (
  SELECT o.holder, o.person, coalesce(p.name, o.name_here, o.name, o.account) AS name, CASE WHEN o.account_there IS NULL THEN 'here' WHEN o.account_here IS NULL THEN 'there' ELSE 'both' END AS side,
    coalesce(o.account_here, '') AS account_here, coalesce(o.level_here, '') AS level_here, o.allows_here, coalesce(o.account_there, '') AS account_there,
    coalesce(o.level_there, '') AS level_there, o.allows_there, o.shared, p.state IS 'left' AS "left", p.subject IS NOT NULL AS matched, o.developer, o.beyond, o.generic,
    o.account_here IS NOT NULL AND o.account_there IS NOT NULL AND CASE WHEN o.allows_here IS NOT NULL AND o.allows_there IS NOT NULL THEN o.allows_here <> o.allows_there
      ELSE lower(o.level_here) <> lower(o.level_there) END AS differs
  FROM one o LEFT JOIN fact_person p ON p.subject = o.person
)
SELECT holder, person, name, lower(name) AS _name, side, account_here, level_here, CASE allows_here WHEN 1 THEN 'read' WHEN 2 THEN 'change' WHEN 3 THEN 'admin' END AS allows_here,
  account_there, level_there, CASE allows_there WHEN 1 THEN 'read' WHEN 2 THEN 'change' WHEN 3 THEN 'admin' END AS allows_there, differs, shared, "left", matched, developer, beyond, generic
FROM told
WHERE (:side IS NULL OR side = :side)
  AND (:mark IS NULL OR CASE :mark WHEN 'differs' THEN differs WHEN 'shared' THEN shared OR generic WHEN 'left' THEN "left" WHEN 'unmatched' THEN NOT matched AND NOT shared
    WHEN 'developer' THEN developer WHEN 'beyond' THEN beyond END)
  AND (:q IS NULL OR instr(lower(name || ' ' || account_here || ' ' || account_there), lower(:q)))
