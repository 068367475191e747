-- Evidence: commits whose author is no insider, and whether an insider reviewed, applied or merged them. Insiders are
-- the people on a usable list of maintainers (as in authorized-publishers); without one, those who brought in five or
-- more commits of others, and then nothing counts against a commit.
-- Blind spots: what a host or mailing list knows; whether an outsider is a partner, a customer or a volunteer. A change
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
)
SELECT c.subject,
       CASE WHEN EXISTS (SELECT 1 FROM reviewers v JOIN insider i ON i.person = v.person WHERE v.commit_oid = r.commit_oid)
            THEN 1 WHEN r.on_host OR r.unclear OR r.moved THEN NULL WHEN l.usable THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title
FROM asked a JOIN reviews r ON r.commit_oid = a.name JOIN commits c ON c.oid = a.name CROSS JOIN list l
WHERE a.type = 'commit' AND c.author NOT IN (SELECT person FROM insider) AND EXISTS (SELECT 1 FROM insider)
