-- Evidence: the code stands in a git repository with its whole history.
-- Blind spots: code kept elsewhere; whether this is the central copy.
SELECT a.subject, CASE WHEN r.missing > 0 THEN 0 WHEN r.shallow = 0 AND r.partial = 0 AND r.commits > 0
    THEN 1 END AS ok,
       r.last_at AS at, NULL AS due, r.missing AS missing
FROM asked a CROSS JOIN repository r
WHERE a.type = 'repo'
