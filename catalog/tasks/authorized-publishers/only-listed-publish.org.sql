-- Evidence: pushes and publications to protected branches of repositories with a gate: who made them is among the branch's publishers, or has the
-- right to publish where the branch names nobody.
-- Blind spots: repositories without a gate; what reaches users by other ways.
SELECT r.ref AS subject, r.publisher AS ok, p.at AS at, NULL AS due, p.via AS via, substr(r.after, 1, 12) AS tip
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE r.kind = 'branch' AND r.protected AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
