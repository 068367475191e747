-- Evidence: credentials in tests and test data that a check digit or their own form marks as real (access keys and
-- tokens). Test material that was read and holds none is fine.
-- Blind spots: other confidential information; credentials without a form of their own, such as passwords; whether a
-- credential still opens anything; data outside the repository.
WITH hit AS MATERIALIZED (
  SELECT h.path, h.line, h.rule, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'secret' AND f.class IN ('test', 'data') AND h.confidence IN ('checksum', 'structure')
    AND h.rule NOT IN ('private_key', 'jwt', 'google_api_key')
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path, h.line AS line,
       h.fingerprint AS fingerprint,
       CASE h.rule WHEN 'aws_access_key' THEN 'AWS access key id' WHEN 'aws_secret_key' THEN 'AWS secret access key'
         WHEN 'github_token' THEN 'GitHub token' WHEN 'npm_token' THEN 'npm token' ELSE 'access key or token' END
         AS what_en,
       CASE h.rule WHEN 'aws_access_key' THEN 'AWS:n pääsyavaimen tunnus' WHEN 'aws_secret_key' THEN
         'AWS:n salainen pääsyavain' WHEN 'github_token' THEN 'GitHubin tunniste' WHEN 'npm_token' THEN
         'npm-tunniste' ELSE 'pääsyavain tai -tunniste' END AS what_fi
FROM asked a JOIN hit h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM asked a
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM hit WHERE allowed = 0)
  AND EXISTS (SELECT 1 FROM files WHERE class IN ('test', 'data') AND lines IS NOT NULL)
