-- Evidence: the access list of production environments confirmed in the register: no account that several people use, none of somebody who has left, none by which a developer
-- may do more than the environment says developers may; and a list that is not older than the environment says it may be.
-- Blind spots: accounts that the list leaves out; whose an account is when the list names neither the person nor an address of theirs; what each account is used for.
WITH listed AS MATERIALIZED (
  SELECT a.subject, a.account, a.shared, a.allows, coalesce(a.person, (SELECT min(p.subject) FROM fact_person_addresses d JOIN fact_person p ON p.n = d.n
           WHERE d.value = trim(a.account) COLLATE NOCASE HAVING count(DISTINCT p.subject) = 1)) AS person
  FROM item_environment__access a
), developer AS MATERIALIZED ( -- until: when the last such role ends; NULL: one has no end
  SELECT person, max(at) AS at, CASE WHEN count(until) = count(*) THEN max(until) END AS until
  FROM role_holders WHERE role = 'developer' AND (until IS NULL OR until > :now) GROUP BY person
), judged AS (
  SELECT i.subject, i.name, i.title, i.via, i.approved, i.state_at, a.account, a.person, p.state = 'left' AS gone, p.at AS person_at, d.at AS role_at, d.until,
         CASE WHEN a.shared = 1 THEN 'shared' WHEN p.state = 'left' THEN 'left'
              WHEN d.person IS NOT NULL AND (i.developers = 'none' OR i.developers = 'read' AND a.allows IN ('change', 'admin')) THEN 'developer'
              WHEN a.shared = 0 OR a.person IS NOT NULL THEN 'fine' END AS what
  FROM item_environment i JOIN listed a ON a.subject = i.subject LEFT JOIN fact_person p ON p.subject = a.person LEFT JOIN developer d ON d.person = a.person
  WHERE i.phase = 'in_force' AND i.purpose = 'production'
)
SELECT j.subject AS subject, CASE WHEN j.what = 'fine' THEN 1 WHEN j.what IS NOT NULL THEN 0 END AS ok,
       CASE j.what WHEN 'left' THEN max(j.state_at, j.person_at) WHEN 'developer' THEN max(j.state_at, j.role_at) ELSE j.state_at END AS at, NULL AS due,
       CASE WHEN j.what = 'developer' THEN j.until END AS changes_at, j.via AS via, j.approved AS approved, j.name AS name, j.title AS title, j.account AS account,
       CASE j.what WHEN 'shared' THEN 'Several people use the account ' || j.account || ' in ' || j.title || ' (' || j.name || ')'
         WHEN 'left' THEN 'The account ' || j.account || ' in ' || j.title || ' (' || j.name || ') belongs to somebody who has left'
         WHEN 'developer' THEN 'A developer has the account ' || j.account || ' in ' || j.title || ' (' || j.name || ') and may do more by it than ' || j.name || ' leaves to developers' END AS what_en,
       CASE j.what WHEN 'shared' THEN 'Ympäristössä ' || j.title || ' (' || j.name || ') useat henkilöt käyttävät samaa tunnusta ' || j.account
         WHEN 'left' THEN 'Ympäristön ' || j.title || ' (' || j.name || ') tunnus ' || j.account || ' kuuluu henkilölle, joka on lähtenyt'
         WHEN 'developer' THEN 'Kehittäjällä on ympäristöön ' || j.title || ' (' || j.name || ') tunnus ' || j.account || ', jolla hän saa tehdä enemmän kuin ' || j.name || ' sallii kehittäjille' END AS what_fi,
       CASE j.what WHEN 'shared' THEN 'Give each person an account of their own in ' || j.title || ', close ' || j.account || ', and bring ' || j.name || ' up to date'
         WHEN 'left' THEN 'Close ' || j.account || ' in ' || j.title || ', import the access list anew, and have ' || j.name || ' confirmed'
         WHEN 'developer' THEN 'Take what is too much from ' || j.account || ', or the role from who is no developer any more, and bring ' || j.name || ' up to date' END AS how_en,
       CASE j.what WHEN 'shared' THEN 'Luo ympäristöön ' || j.title || ' jokaiselle oma tunnus, sulje ' || j.account || ' ja päivitä ' || j.name
         WHEN 'left' THEN 'Sulje tunnus ' || j.account || ' ympäristöstä ' || j.title || ', tuo pääsyluettelo uudelleen ja vahvistuta ' || j.name
         WHEN 'developer' THEN 'Poista tunnukselta ' || j.account || ' liiat oikeudet, tai rooli siltä, joka ei enää kehitä, ja päivitä ' || j.name END AS how_fi
FROM judged j
UNION ALL
SELECT i.subject, i.list_day + (i.list_days + 1) * 86400 > :now, CASE WHEN i.list_day + (i.list_days + 1) * 86400 > :now THEN i.state_at ELSE i.list_day + (i.list_days + 1) * 86400 END,
       i.list_day + (i.list_days + 1) * 86400, NULL, i.via, i.approved, i.name, i.title, NULL,
       'The access list of ' || i.title || ' (' || i.name || ') is older than ' || i.list_days || ' days',
       'Ympäristön ' || i.title || ' (' || i.name || ') pääsyluettelo on yli ' || i.list_days || ' päivää vanha',
       'Take the access list from ' || i.title || ' itself, import it, and have ' || i.name || ' confirmed',
       'Ota pääsyluettelo ympäristöstä ' || i.title || ' itsestään, tuo se ja vahvistuta ' || i.name
FROM item_environment i WHERE i.phase = 'in_force' AND i.purpose = 'production' AND i.list_day IS NOT NULL AND i.list_days IS NOT NULL
