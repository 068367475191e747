-- What moved protected branches and made tags in a repository (?1) since its newest attestation, oldest first, from (?2, ?3) on, and is not attested. With each: the push
-- before on the same ref that moved it, whether the rule of reviews was enforced then, and what was attested of that push.
WITH moved AS (
  SELECT r.n, r.seq, p.at, p.actor, r.ref, r.before, r.after, r.kind, r.act, r.may, r.publisher, r.covered, r.commits, r.reviewers, r.approvals, r.rejections,
         r.change, r.patch_set,
         (SELECT d.n FROM fact_decision d WHERE d.subject = p.subject AND d.n > r.n AND d.push = r.n ORDER BY d.n LIMIT 1) AS decision,
         (SELECT max(l.n) FROM fact_push_refs l WHERE l.ref = r.ref AND l.n < r.n
            AND EXISTS (SELECT 1 FROM fact_decision ld JOIN fact_outcome lo ON lo.decision = ld.n AND lo.outcome = 'done'
              WHERE ld.subject = p.subject AND ld.n > l.n AND ld.push = l.n
                AND NOT EXISTS (SELECT 1 FROM fact_outcome_stayed y WHERE y.decision = ld.n AND y.ref = l.ref))) AS earlier
  FROM fact_push p JOIN fact_push_refs r ON r.n = p.n
  WHERE p.subject = ?1 AND p.n >= max((SELECT coalesce(min(s.first), 9e15) FROM fact_source_key s),
                                      (SELECT coalesce(max(a.push), 0) FROM fact_attestation a WHERE a.repository = ?1))
    AND ((r.kind = 'branch' AND r.protected AND r.act IN ('create', 'update')) OR (r.kind = 'tag' AND r.act = 'create'))
    AND NOT EXISTS (SELECT 1 FROM fact_attestation a WHERE a.push = r.n AND a.ref = r.ref) AND (r.n, r.seq) > (?2, ?3)
)
SELECT m.n, m.at, m.actor, m.ref, m.before, m.after, m.kind, m.act, m.commits, m.reviewers, m.approvals, m.rejections, m.change, m.patch_set, m.decision, d.gate,
       m.may AND m.publisher AS permitted,
       m.act = 'update' AND m.before = (SELECT l.after FROM fact_push_refs l WHERE l.n = m.earlier AND l.ref = m.ref) AS continues,
       m.covered AND m.commits > 0 AND EXISTS (SELECT 1 FROM fact_decision_verdicts v WHERE v.n = m.decision AND v.obligation = 'code-review-rules/rules-enforced' AND v.ok
         AND v.mode = 'block' AND v.subject IN (m.ref, ?1))
       AND NOT EXISTS (SELECT 1 FROM fact_decision_verdicts v WHERE v.n = m.decision AND NOT v.ok AND v.mode = 'block') AS enforced,
       m.earlier, s.actor AS uploader, m.seq
FROM moved m JOIN fact_decision d ON d.n = m.decision JOIN fact_outcome o ON o.decision = m.decision AND o.outcome = 'done'
  AND NOT EXISTS (SELECT 1 FROM fact_outcome_stayed y WHERE y.decision = m.decision AND y.ref = m.ref)
LEFT JOIN fact_patch_set s ON s.subject = m.change AND s.number = m.patch_set
ORDER BY m.n, m.seq LIMIT 201
