-- Evidence: a definition of done, pull request template, guide for contributors, review or test policy or another
-- document with criteria for being done, that asks for tests. A part of a guide that tells how it is done is no
-- demand.
-- Blind spots: criteria kept elsewhere; whether they are met each time; requirements in words that are not recognized
-- (NULL, also for a definition of done that seems to say nothing of it).
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at,
         min(d.kind NOT IN ('definition_of_done', 'pull_request_template')) AS rank
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('testing', 'security_testing', 'integration_testing', 'usability_testing')
    AND d.placeholder = 0
    AND (d.kind NOT IN ('contributing', 'review_policy', 'test_policy') -- "Running tests", "to run the analysis"
      OR (t.heading = 0 AND t.topic IN ('testing', 'usability_testing')))
    AND (d.kind IN ('definition_of_done', 'pull_request_template', 'contributing', 'review_policy', 'test_policy')
      OR (d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template', 'readme', 'release_policy')
        AND EXISTS (SELECT 1 FROM topics o WHERE o.path = d.path AND o.topic = 'definition_of_done' AND o.heading = 1)))
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE kind = 'definition_of_done' AND placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY rank, path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
