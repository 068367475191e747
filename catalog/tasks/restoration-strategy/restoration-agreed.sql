-- Evidence: a document on going back to an earlier version that states who approved it. One that states its reviews but
-- no approver fails; one without either may be approved elsewhere (NULL).
-- Blind spots: plans kept elsewhere; a merge of the document is not taken as its approval.
WITH plan AS (
  SELECT d.path, d.approved, d.reviewed_at, d.expires_at, d.changed_at
  FROM documents d
  WHERE d.placeholder = 0 AND (d.kind = 'restoration'
    OR EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic = 'rollback' AND t.heading = 1))
)
SELECT a.subject, CASE WHEN p.approved = 1 THEN 1 WHEN p.reviewed_at IS NOT NULL OR p.expires_at IS NOT NULL
    THEN 0 END AS ok,
       coalesce(p.reviewed_at, p.changed_at) AS at, NULL AS due, p.path AS path
FROM asked a JOIN plan p ON p.path = a.name
WHERE a.type = 'file'
