-- Evidence: a secure development guideline of the repository that states who approved it. One that states its reviews
-- but no approver fails; one that states neither may be approved elsewhere (NULL).
-- Blind spots: whether the named approver may approve; a merge of the document is not taken as its approval.
WITH guide AS (
  SELECT d.path, d.approved, d.reviewed_at, d.reviewed_line, d.expires_at, d.changed_at FROM documents d
  WHERE d.placeholder = 0 AND (d.kind = 'secure_development_guideline' OR EXISTS (
    SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic = 'secure_coding' AND t.heading = 1
      AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme')))
)
SELECT a.subject, CASE WHEN g.approved = 1 THEN 1 WHEN g.reviewed_at IS NOT NULL OR g.expires_at IS NOT NULL
    THEN 0 END AS ok,
       coalesce(g.reviewed_at, g.changed_at) AS at, NULL AS due, g.path AS path, g.reviewed_line AS line
FROM asked a JOIN guide g ON g.path = a.name
WHERE a.type = 'file'
