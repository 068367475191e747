-- Evidence: the first assessment whose report has the finding.
-- Blind spots: what was there before the first assessment counts from that on.
SELECT f.subject, r.name, count(*) FILTER (WHERE f.first_at < :since) AS part, count(*) AS whole, min(f.first_at) AS at
FROM findings f JOIN repositories r ON r.subject = f.subject
WHERE f.open_at_day GROUP BY f.subject, r.name
