-- Evidence: commits on the branch's first-parent line that carry a signature. An unsigned one counts against the branch
-- only where at least 90 % of those not made by the host itself, and twenty of them, are signed: then it came another
-- way than the rest.
-- Blind spots: signatures are seen, not verified; the host signs for whoever used its pages; branch protection is not
-- seen.
WITH signing AS (
  SELECT count(*) AS commits, sum(signature IS NOT NULL) AS signed FROM commits WHERE first_parent = 1
      AND committer_host = 0
)
SELECT c.subject, CASE WHEN s.commits >= 20 AND 10 * s.signed >= 9 * s.commits THEN c.signature IS NOT NULL END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
       CASE WHEN s.commits > 0 THEN 100 * s.signed / s.commits END AS share
FROM asked a JOIN commits c ON c.oid = a.name CROSS JOIN signing s
WHERE a.type = 'commit' AND c.first_parent = 1
