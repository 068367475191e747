-- Each person's newest word on a change, when it is about this very commit and target, from where it left the branch; not
-- of those who had a part in it, in any of its patch sets.
SELECT r.actor, r.vote, r.ticked
FROM fact_review r
WHERE r.subject = ?1 AND r.commit_oid = ?2 AND r.target = ?3 AND r.vote <> 'withdraw'
  AND r.base_oid = (SELECT s.base_oid FROM fact_patch_set s WHERE s.subject = ?1 AND s.commit_oid = ?2 ORDER BY s.number DESC LIMIT 1)
  AND r.n = (SELECT max(x.n) FROM fact_review x WHERE x.subject = ?1 AND x.actor = r.actor)
  AND r.actor NOT IN (SELECT p.value FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = ?1)
ORDER BY r.n
