-- Evidence: commits whose author is no insider, and whether an insider reviewed, applied or merged them. Insiders are
-- the people on a usable list of maintainers (as in authorized-publishers); without one, those who brought in five or
-- more commits of others, and then nothing counts against a commit. Of people whom a confirmed partner of the register
-- names, from its confirmation on: somebody who is not of the partner reviewed, applied or merged each of their commits, and none
-- was made after the partner's access had ended.
-- Blind spots: what a host or mailing list knows; whether an outsider whom no partner of the register names is a partner, a customer or a volunteer. A change
-- made through a numbered pull or merge request, on the host's own pages, or naming an issue is not judged (NULL), nor
-- one that several people wrote, that was committed a while after it was written, that only moves the version number,
-- or that stands in the history twice. Robots, translation services, merges, first commits and changes to neither code,
-- tests, configuration nor automation are not looked at.
WITH list(usable) AS (
  SELECT coalesce(sum(person IN (SELECT person FROM listed)) >= 10
                  AND 2 * sum(person IN (SELECT person FROM listed)) >= count(*), 0)
         AND coalesce((SELECT min(usable) FROM listed), 0) FROM reviewers
), insider(person) AS MATERIALIZED (
  SELECT person FROM listed WHERE (SELECT usable FROM list)
  UNION
  SELECT person FROM reviewers WHERE NOT (SELECT usable FROM list) GROUP BY person HAVING count(*) >= 5
), partner(person, item, title, since, ends) AS MATERIALIZED ( -- people of partners
  SELECT k.person, i.subject, i.title, min(i.approved_at), max(i.access_until + 86400)
  FROM item_partner i JOIN item_partner__people p ON p.subject = i.subject JOIN known_people k ON k.subject = p.value
  WHERE i.phase = 'in_force' AND i.approved GROUP BY k.person, i.subject, i.title
), partners(person, titles, since, ends) AS MATERIALIZED (
  SELECT person, min(title), min(since), max(ends) FROM partner GROUP BY person
)
SELECT c.subject,
       CASE WHEN EXISTS (SELECT 1 FROM reviewers v JOIN insider i ON i.person = v.person WHERE v.commit_oid = r.commit_oid)
            THEN 1 WHEN r.on_host OR r.unclear OR r.moved THEN NULL WHEN l.usable THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
       'comes from outside, and nobody on the list of maintainers shows as having reviewed, applied or merged it' AS why_en,
       'tulee ulkopuolelta, eikä näy, että kukaan ylläpitäjäluettelossa nimetty olisi katselmoinut, vienyt haaraan tai yhdistänyt sitä' AS why_fi
FROM asked a JOIN reviews r ON r.commit_oid = a.name JOIN commits c ON c.oid = a.name CROSS JOIN list l
WHERE a.type = 'commit' AND c.author NOT IN (SELECT person FROM insider) AND EXISTS (SELECT 1 FROM insider)
  AND NOT EXISTS (SELECT 1 FROM partners p WHERE p.person = c.author AND c.at >= p.since)
UNION ALL
SELECT c.subject,
       CASE WHEN c.at >= p.ends AND c.committer = c.author AND NOT r.moved THEN 0
            WHEN EXISTS (SELECT 1 FROM reviewers v WHERE v.commit_oid = r.commit_oid AND v.person NOT IN (
                           SELECT o.person FROM partner o WHERE o.item IN (SELECT m.item FROM partner m WHERE m.person = c.author))) THEN 1
            WHEN r.on_host OR r.unclear OR r.moved THEN NULL ELSE 0 END,
       c.at, NULL, c.oid, substr(c.oid, 1, 10), c.subject_line,
       CASE WHEN c.at >= p.ends AND c.committer = c.author AND NOT r.moved THEN 'was made by somebody of ' || p.titles || ' after their access had ended'
            ELSE 'comes from ' || p.titles || ', and nobody else shows as having reviewed, applied or merged it' END,
       CASE WHEN c.at >= p.ends AND c.committer = c.author AND NOT r.moved
              THEN 'on kumppanin ' || p.titles || ' henkilön tekemä, vaikka pääsyoikeus oli jo päättynyt'
            ELSE 'tulee kumppanilta ' || p.titles || ', eikä näy, että kukaan muu olisi katselmoinut, vienyt haaraan tai yhdistänyt sitä' END
FROM asked a JOIN reviews r ON r.commit_oid = a.name JOIN commits c ON c.oid = a.name JOIN partners p ON p.person = c.author AND c.at >= p.since
WHERE a.type = 'commit'
