-- Evidence: findings in the reports of assessments of active repositories.
-- Blind spots: a report names a limited number of findings for each point.
SELECT r.subject, r.name, (SELECT count(*) FROM findings f WHERE f.subject = r.subject AND f.open_at_day) AS part,
  r.assessed_at IS NOT NULL AS whole, r.assessed_at AS at
FROM repositories r
