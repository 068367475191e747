-- Evidence: a definition of done, a pull request template that asks for review, tests or documentation, or a part
-- with a heading of its own in another document that says when a task is done, and has not passed the review date it
-- states itself.
-- Blind spots: criteria kept in an issue tracker or on a wiki; whether they are used; how good they are; a short list,
-- which may say all it needs to (NULL).
WITH criteria AS (
  SELECT d.path, d.approved, d.reviewed_at, d.expires_at, coalesce(d.reviewed_at, d.changed_at) AS at,
         coalesce(d.expires_at <= :now, 0) AS stale, d.kind <> 'definition_of_done' AS rank,
         (SELECT min(t.line) FROM topics t WHERE t.path = d.path AND t.topic = 'definition_of_done') AS line
  FROM documents d
  WHERE d.placeholder = 0
    AND (d.kind = 'definition_of_done'
      OR (d.kind = 'pull_request_template' AND EXISTS (
        SELECT 1 FROM topics t WHERE t.path = d.path
          AND t.topic IN ('definition_of_done', 'code_review', 'approval', 'testing', 'security_testing',
                          'documentation', 'user_documentation', 'secure_coding')))
      OR (d.kind IN ('contributing', 'review_policy', 'test_policy', 'change_management', 'governance', 'other')
        AND EXISTS (
          SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic = 'definition_of_done' AND t.heading = 1
            AND NOT EXISTS ( -- "Release checklist"
              SELECT 1 FROM topics o WHERE o.path = t.path AND o.line = t.line
                AND o.topic IN ('release_process', 'publishing', 'deployment', 'rollback')))))
), best AS (
  SELECT * FROM criteria ORDER BY stale, rank, approved DESC, path LIMIT 1
), stub AS (
  SELECT min(path) AS path FROM documents
  WHERE kind = 'definition_of_done' AND placeholder = 1
)
SELECT a.subject, CASE WHEN b.stale = 0 THEN 1 WHEN b.stale = 1 OR u.path IS NOT NULL THEN 0 END AS ok,
       b.at AS at, CASE WHEN b.stale = 0 THEN b.expires_at END AS due,
       coalesce(b.path, u.path) AS path, b.line AS line, b.approved AS approved, b.reviewed_at AS reviewed_at,
       CASE WHEN b.stale = 1 THEN 'says when a task is done, but has passed the review date it states itself'
            ELSE 'is empty or still has template text in it, so it counts as no list of criteria' END AS reason_en,
       CASE WHEN b.stale = 1
            THEN 'kertoo, milloin tehtävä on valmis, mutta sen itse ilmoittama katselmointipäivä on ohi'
            ELSE 'on tyhjä tai siinä on yhä pohjatekstiä, joten sitä ei lueta kriteerien luetteloksi' END AS reason_fi
FROM asked a CROSS JOIN stub u LEFT JOIN best b ON 1
WHERE a.type = 'repo'
