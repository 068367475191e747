-- Evidence: the assessment that first had the finding, and the first one that no longer has it.
-- Blind spots: between assessments nobody sees; a finding also goes when its file or rule does.
SELECT f.subject, f.task || '/' || f.point AS name, f.gone_at - f.first_at AS part, 1 AS whole, f.gone_at AS at
FROM findings f WHERE f.gone_at >= :since AND f.priority IN ('critical', 'high')
