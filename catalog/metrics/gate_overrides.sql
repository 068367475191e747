-- Evidence: glass that was broken, and branches found moved past the gate; a decision of the gate shows that there is one.
-- Blind spots: repositories without a gate.
SELECT subject, NULL AS name, 1 AS part, 1 AS whole, at FROM fact_override WHERE at >= :since
UNION ALL
SELECT subject, NULL, 0, 1, max(at) FROM fact_decision WHERE at >= :since GROUP BY subject
