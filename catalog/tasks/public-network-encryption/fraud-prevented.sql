-- Evidence: code, configuration and automation in which the other end's certificate or host name is not checked. None
-- found is fine where sign-in, sessions, a deployment or words on TLS show that something is reached over networks.
-- Blind spots: checks turned off at run time or in a library; servers' own settings; test, example and vendored code.
WITH hit AS (
  SELECT h.path, h.line, h.what, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'tls_verification_off' AND f.class NOT IN ('test', 'doc', 'vendored', 'generated')
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path,
    h.line AS line, h.fingerprint AS fingerprint,
       h.what AS what
FROM asked a JOIN hit h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject,
       CASE WHEN EXISTS (SELECT 1 FROM files WHERE class IN ('code', 'config', 'ci') AND lines IS NOT NULL)
         AND (EXISTS (SELECT 1 FROM files WHERE critical_hint IN ('authentication', 'session') AND class = 'code')
           OR EXISTS (SELECT 1 FROM ci_steps WHERE role = 'deploy')
           OR EXISTS (SELECT 1 FROM topics WHERE topic = 'tls') OR EXISTS (SELECT 1 FROM hit)) THEN 1 END,
       NULL, NULL, NULL, NULL, NULL, NULL
FROM asked a
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM hit WHERE allowed = 0)
