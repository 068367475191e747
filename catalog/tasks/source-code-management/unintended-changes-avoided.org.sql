-- Evidence: pushes to protected branches and tags of hosted repositories: branches only went forward, tags were written once and name
-- something published. The gate always holds to it.
-- Blind spots: repositories kept elsewhere.
SELECT r.ref AS subject, CASE r.kind WHEN 'tag' THEN r.act = 'create' AND r.published ELSE r.act IN ('create', 'update') END AS ok, p.at AS at,
       NULL AS due, p.via AS via, substr(r.after, 1, 12) AS tip
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE (r.kind = 'tag' OR r.protected) AND p.at >= :since AND p.at <= :now
