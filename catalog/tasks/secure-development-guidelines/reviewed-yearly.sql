-- Evidence: the review date that a secure development guideline states, no older than 365 days, and its next review not
-- passed; where it states none, a change to it in the last 365 days.
-- Blind spots: a change may be no review; an unchanged guideline that states no date may be reviewed elsewhere (NULL).
WITH guide AS (
  SELECT d.path, d.approved, d.reviewed_at, d.reviewed_line, d.expires_at, d.changed_at FROM documents d
  WHERE d.placeholder = 0 AND (d.kind = 'secure_development_guideline' OR EXISTS (
    SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic = 'secure_coding' AND t.heading = 1
      AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme')))
)
SELECT a.subject,
       CASE WHEN g.expires_at <= :now OR g.reviewed_at <= :now - 31536000 THEN 0
            WHEN g.reviewed_at IS NOT NULL OR g.expires_at IS NOT NULL OR g.changed_at > :now - 31536000
                THEN 1 END AS ok,
       coalesce(g.reviewed_at, g.changed_at) AS at,
       CASE WHEN g.reviewed_at IS NOT NULL AND g.expires_at IS NOT NULL THEN min(g.reviewed_at + 31536000,
           g.expires_at)
            ELSE coalesce(g.reviewed_at + 31536000, g.expires_at, g.changed_at + 31536000) END AS due,
       g.path AS path, g.reviewed_line AS line
FROM asked a JOIN guide g ON g.path = a.name
WHERE a.type = 'file'
