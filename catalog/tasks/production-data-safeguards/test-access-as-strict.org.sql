-- Evidence: environments confirmed in the register that may hold copies of production data, and are no production: no account
-- that several people use or of somebody who has left; an access review of test environments in force, within its review.
-- Blind spots: environments that nobody registered; whose an account is when the list names neither the person nor an address of theirs; a review is not tied to one environment.
WITH reviewed AS MATERIALIZED (SELECT max(r.review_due) AS due, max(r.approved) AS approved FROM item_access_review r WHERE r.phase = 'in_force' AND r.about = 'test_environment'
), listed AS MATERIALIZED (
  SELECT a.subject, a.account, a.shared, coalesce(a.person, (SELECT min(p.subject) FROM fact_person_addresses d JOIN fact_person p ON p.n = d.n
           WHERE d.value = trim(a.account) COLLATE NOCASE HAVING count(DISTINCT p.subject) = 1)) AS person
  FROM item_environment__access a
), wrong AS MATERIALIZED (
  SELECT a.subject, max(a.shared = 1) AS shared, min(CASE WHEN p.state = 'left' THEN a.account END) AS gone, min(CASE WHEN p.state = 'left' THEN p.at END) AS gone_at
  FROM listed a LEFT JOIN fact_person p ON p.subject = a.person GROUP BY a.subject
)
SELECT i.subject AS subject,
       CASE WHEN w.shared OR w.gone IS NOT NULL THEN 0 WHEN r.due <= :now THEN 0 WHEN r.due > :now THEN 1 END AS ok,
       CASE WHEN w.shared THEN i.state_at WHEN w.gone IS NOT NULL THEN max(i.state_at, w.gone_at) WHEN r.due <= :now THEN r.due ELSE i.state_at END AS at,
       r.due AS due, i.via AS via, coalesce(r.approved, i.approved) AS approved,
       i.name AS name, i.title AS title,
       CASE WHEN w.shared THEN 'several people use one account' WHEN w.gone IS NOT NULL THEN 'the account ' || w.gone || ' belongs to somebody who has left'
         ELSE 'access to it has not been gone through in time' END AS what_en,
       CASE WHEN w.shared THEN 'useat henkilöt käyttävät samaa tunnusta' WHEN w.gone IS NOT NULL THEN 'tunnus ' || w.gone || ' kuuluu henkilölle, joka on lähtenyt'
         ELSE 'käyttöoikeuksia ei ole käyty läpi ajallaan' END AS what_fi,
       CASE WHEN w.shared OR w.gone IS NULL THEN 'Give each person an account of their own in ' || i.title || ', go through the rights as for production, and register the access review'
         ELSE 'Close ' || w.gone || ' in ' || i.title || ', import the access list anew, and have ' || i.name || ' confirmed' END AS how_en,
       CASE WHEN w.shared OR w.gone IS NULL THEN 'Luo ympäristöön ' || i.title || ' jokaiselle oma tunnus, käy oikeudet läpi kuten tuotannossa ja kirjaa käyttöoikeuksien katselmointi'
         ELSE 'Sulje tunnus ' || w.gone || ' ympäristöstä ' || i.title || ', tuo pääsyluettelo uudelleen ja vahvistuta ' || i.name END AS how_fi
FROM item_environment i CROSS JOIN reviewed r LEFT JOIN wrong w ON w.subject = i.subject
WHERE i.phase = 'in_force' AND i.purpose <> 'production' AND i.production_data IN ('approved', 'yes')
