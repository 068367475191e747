-- Evidence: as in rules-enforced, two different people. Fewer count against a commit only where at least half of the
-- commits that can be judged, and ten of them, show two.
-- Blind spots: what a host or mailing list knows. A change made through a numbered pull or merge request, on the host's
-- own pages, or naming an issue is not judged (NULL), nor one that several people wrote, that was committed a while
-- after it was written, that only moves the version number, or that stands in the history twice. Robots, translation
-- services, merges, first commits and changes to neither code, tests, configuration nor automation are not looked at.
WITH practice(shown) AS (
  SELECT sum(persons > 1) >= 10 AND 2 * sum(persons > 1) >= sum(persons > 1 OR NOT (on_host OR unclear)) FROM reviews
)
SELECT c.subject,
       CASE WHEN r.persons > 1 THEN 1 WHEN r.on_host OR r.unclear OR r.moved THEN NULL WHEN p.shown THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
       r.persons AS persons
FROM asked a JOIN reviews r ON r.commit_oid = a.name JOIN commits c ON c.oid = a.name CROSS JOIN practice p
WHERE a.type = 'commit'
