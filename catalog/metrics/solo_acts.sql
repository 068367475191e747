-- Evidence: requests that were decided, and how.
-- Blind spots: what needs no second person.
SELECT subject, NULL AS name, decision = 'solo' AS part, 1 AS whole, at
FROM fact_approval
