-- Evidence: verdicts of the points that count as must.
-- Blind spots: how good the evidence is: assurance_strong tells.
SELECT subject, NULL AS name, verdict <> 'no_evidence' AS part, 1 AS whole, NULL AS at
FROM standing_points WHERE must = 1 AND verdict <> 'not_applicable'
