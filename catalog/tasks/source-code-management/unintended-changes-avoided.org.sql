-- Evidence: pushes to protected branches and tags of repositories with a gate: branches only went forward, tags were written once and name
-- something published. In hosted ones the gate always holds to it.
-- Blind spots: repositories without a gate.
SELECT r.ref AS subject, CASE r.kind WHEN 'tag' THEN r.act = 'create' AND r.published ELSE r.act IN ('create', 'update') END AS ok, p.at AS at,
       NULL AS due, p.via AS via, substr(r.after, 1, 12) AS tip
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE (r.kind = 'tag' OR r.protected) AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
