-- Evidence: automation that deploys or releases; it fails where none of those steps of a file would make it fail.
-- Publishing of documentation pages and deployment within tests are not looked at.
-- Blind spots: deployment outside the repository's automation (NULL); which parts are still done by hand.
WITH words(word) AS (VALUES ('docs'), ('doc'), ('documentation'), ('pages'), ('test'), ('tests')),
step AS MATERIALIZED (
  SELECT s.path, min(s.line) AS line, min(s.allow_failure) AS allow_failure
  FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('deploy', 'release') AND coalesce(s.environment, '') <> 'github-pages'
    AND NOT EXISTS (SELECT 1 FROM words w
                    WHERE '/' || lower(coalesce(s.job, '') || '/' || s.path) GLOB '*[^a-z]' || w.word || '[^a-z]*')
  GROUP BY s.path
)
SELECT a.subject, 1 - s.allow_failure AS ok, NULL AS at, NULL AS due, s.path AS path, s.line AS line
FROM asked a JOIN step s ON s.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, NULL, NULL, NULL, NULL, NULL
FROM asked a WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM step)
