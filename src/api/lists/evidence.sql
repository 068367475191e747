-- Evidence, the newest first.
-- Sorts: -id
-- Key: id
-- Total: yes
SELECT e.n AS id, e.type, e.name, e.repository, r.name AS repository_name, e.commit_oid AS "commit", e.tree_oid AS tree, e.digest, e.size, e.at, e.actor AS by,
  p.name AS by_name, e.via, e.effective_at, e.tests, e.failures, e.errors, e.skipped, e.level_error, e.level_warning, e.level_note, e.suppressed, e.components,
  e.vulnerabilities, e.lines, e.covered, e.score, e.predicate, e.signer, s.name AS signer_name
FROM fact_evidence e JOIN fact_repository r ON r.subject = e.repository LEFT JOIN fact_person p ON p.subject = e.actor LEFT JOIN fact_person s ON s.subject = e.signer
WHERE (:repository IS NULL OR e.repository = 'repo:' || :repository)
  AND (:commit IS NULL OR e.commit_oid = :commit)
  AND (:tree IS NULL OR e.tree_oid = :tree)
  AND (:type IS NULL OR e.type = :type)
  AND (:projects IS NULL OR r.project IN (SELECT value FROM json_each(:projects)))
