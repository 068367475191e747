-- Evidence: a person other than the author and co-authors named by Reviewed-by, Acked-by or Approved-by, who applied
-- the commit (committer) or merged it. None counts against a commit only where the period shows the practice: half of
-- the commits that can be judged, and ten of them, came as numbered changes (and rebasing by others is rare, and two
-- people have ten commits), or half of the commits people applied themselves, and ten, carry another's name.
-- Blind spots: what a host or mailing list knows. A change made through a numbered pull or merge request, on the host's
-- own pages, or naming an issue is not judged (NULL), nor one that several people wrote, that was committed a while
-- after it was written, that only moves the version number, or that stands in the history twice. Robots, translation
-- services, merges, first commits and changes to neither code, tests, configuration nor automation are not looked at.
SELECT c.subject,
       CASE WHEN r.persons > 0 THEN 1 WHEN r.on_host OR r.unclear OR r.moved OR NOT r.own THEN NULL
            WHEN p.shown THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title
FROM asked a JOIN reviews r ON r.commit_oid = a.name JOIN commits c ON c.oid = a.name CROSS JOIN review_practice p
WHERE a.type = 'commit'
