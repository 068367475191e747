-- Evidence: assurance of the points that count as must and are met at least in part.
-- Blind spots: points that only a document can show never get that far.
SELECT subject, NULL AS name, assurance IN ('strong', 'proven') AS part, 1 AS whole, NULL AS at
FROM standing_points WHERE must = 1 AND verdict IN ('met', 'at_risk', 'partly_met')
