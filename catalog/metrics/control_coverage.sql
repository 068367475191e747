-- Evidence: the grid of ISO/IEC 27001:2022; tasks of Low priority may be open.
-- Blind spots: controls outside secure development are not in it.
SELECT 'org' AS subject, control AS name, coverage IN ('all_done', 'done_but_low') AS part, 1 AS whole, NULL AS at
FROM standing_controls WHERE framework = 'iso27001-2022' AND coverage NOT IN ('outside', 'not_applicable')
