-- Evidence: pushes to repositories with a gate that were scanned: keys and tokens, told by their form or checksum, in files that programs read, which
-- were not in those files before.
-- Blind spots: repositories without a gate; secrets without a form of their own; what stands in tests, documents and data.
SELECT r.ref AS subject, r.secrets = 0 AS ok, p.at AS at, NULL AS due, p.via AS via, r.secrets AS secrets, substr(r.after, 1, 12) AS tip,
       coalesce((SELECT h.path || ':' || h.line || ' (' || h.rule || ')' FROM fact_push_hits h WHERE h.n = r.n ORDER BY h.seq LIMIT 1), '') AS place
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE r.act <> 'delete' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
