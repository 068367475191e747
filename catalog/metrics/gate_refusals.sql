-- Evidence: decisions of the gate.
-- Blind spots: what was never pushed because it would have been refused; repositories without a gate.
SELECT subject, NULL AS name, decision = 'refused' AS part, 1 AS whole, at FROM fact_decision WHERE at >= :since
