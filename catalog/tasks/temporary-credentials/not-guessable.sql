-- Evidence: well-known or default passwords given to accounts in code, configuration, data or automation.
-- Blind spots: passwords put together from users' details at run time; test, documentation and vendored files;
-- databases on one's own machine. None found is no evidence of how first passwords are made (NULL).
WITH hit AS MATERIALIZED (
  SELECT h.path, h.line, h.rule, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'default_password' AND f.class NOT IN ('test', 'doc', 'vendored', 'generated')
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path,
    h.line AS line, h.fingerprint AS fingerprint,
       CASE h.rule WHEN 'guessable_password' THEN 'an account gets a password that is easy to guess'
         WHEN 'default_password' THEN 'an initial or default password is written here'
         ELSE 'an account is made with a password written here' END AS reason_en,
       CASE h.rule WHEN 'guessable_password' THEN 'tunnus saa helposti arvattavan salasanan'
         WHEN 'default_password' THEN 'tähän on kirjoitettu alku- tai oletussalasana'
         ELSE 'tunnus luodaan tähän kirjoitetulla salasanalla' END AS reason_fi
FROM asked a JOIN hit h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM asked a
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM hit WHERE allowed = 0)
