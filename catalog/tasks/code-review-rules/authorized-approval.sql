-- Evidence: one of the people who reviewed, applied or merged a commit is on the repository's list of maintainers or
-- owners. A list counts when it names people by name or address, holds no teams, and covers at least half of the
-- period's commits.
-- Blind spots: what a host or mailing list knows. A change made through a numbered pull or merge request, on the host's
-- own pages, or naming an issue is not judged (NULL), nor one that several people wrote, that was committed a while
-- after it was written, that only moves the version number, or that stands in the history twice. Robots, translation
-- services, merges, first commits and changes to neither code, tests, configuration nor automation are not looked at.
WITH work AS MATERIALIZED (
  SELECT r.*, EXISTS (SELECT 1 FROM reviewers v JOIN listed l ON l.person = v.person
                      WHERE v.commit_oid = r.commit_oid) AS approved,
         r.author IN (SELECT person FROM listed) AS by_listed
  FROM reviews r
), list(usable) AS (
  SELECT sum(approved) >= 10 AND 2 * sum(approved OR by_listed) >= count(*) AND (SELECT min(usable) FROM listed)
  FROM work
)
SELECT c.subject,
       CASE WHEN l.usable AND w.approved THEN 1 WHEN w.on_host OR w.unclear OR w.moved OR w.by_listed THEN NULL
            WHEN l.usable THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title
FROM asked a JOIN work w ON w.commit_oid = a.name JOIN commits c ON c.oid = a.name CROSS JOIN list l
WHERE a.type = 'commit' AND EXISTS (SELECT 1 FROM listed)
