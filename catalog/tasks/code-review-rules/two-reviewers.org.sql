-- Evidence: pushes and publications to protected branches of repositories with a gate that brought commits: two people or more who had no part in the
-- change have approved what was brought.
-- Blind spots: repositories without a gate.
SELECT r.ref AS subject, r.approvals >= 2 AS ok, p.at AS at, NULL AS due, p.via AS via, r.approvals AS approvals,
       CASE r.approvals WHEN 0 THEN 'nobody has' WHEN 1 THEN 'one person alone has' ELSE r.approvals || ' people have' END AS who_en,
       CASE r.approvals WHEN 0 THEN 'kukaan ei ole hyväksynyt sen sisältöä' ELSE 'sen sisällön on hyväksynyt vain ' || r.approvals END AS who_fi, substr(r.after, 1, 12) AS tip
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE r.kind = 'branch' AND r.protected AND r.act <> 'delete' AND r.commits > 0 AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
