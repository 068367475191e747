-- Evidence: pushes to repositories with a gate: whoever made them had the right to write there at that moment. In hosted ones the gate always holds to it.
-- Blind spots: repositories without a gate.
SELECT r.ref AS subject, r.may AS ok, p.at AS at, NULL AS due, p.via AS via, substr(r.after, 1, 12) AS tip
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE p.at >= :since AND p.at <= :now
