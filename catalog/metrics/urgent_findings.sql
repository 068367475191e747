-- Evidence: findings in the reports of assessments, with the priority of their task when they were last seen.
-- Blind spots: a report names a limited number of findings for each point.
SELECT r.subject, r.name,
  (SELECT count(*) FROM findings f WHERE f.subject = r.subject AND f.open_at_day AND f.priority IN ('critical', 'high')) AS part,
  r.assessed_at IS NOT NULL AS whole, r.assessed_at AS at
FROM repositories r
