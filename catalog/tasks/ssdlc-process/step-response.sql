-- Evidence: a security policy, a guide or a readme that says where to report a flaw or how it is dealt with; a
-- security.txt that is still valid. One that has expired fails, and so does a security policy that is empty or still
-- has template text in it where no other document tells it.
-- Blind spots: a policy the host shows for all repositories of its owner; a security.txt without a contact, which the
-- program may fill in when it serves it (NULL); how reports are dealt with in practice.
WITH told AS (
  SELECT d.path, min(t.line) AS line FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic IN ('vulnerability_report_contact', 'vulnerability_handling') AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), way AS (
  SELECT path, line, 1 AS ok, NULL AS due, NULL AS reason_en, NULL AS reason_fi FROM told
  UNION ALL
  SELECT path, NULL, CASE WHEN placeholder = 1 THEN NULL WHEN expires_at <= :now THEN 0 ELSE 1 END, expires_at,
         'has expired: who finds a flaw cannot trust its contact any more',
         'on vanhentunut: haavoittuvuuden löytäjä ei voi enää luottaa sen yhteystietoon'
  FROM documents WHERE kind = 'security_txt'
  UNION ALL
  SELECT path, NULL,
         CASE WHEN placeholder = 1 AND NOT EXISTS (SELECT 1 FROM told) THEN 0 END, NULL,
         'is empty or still has template text in it, so it counts as no way to report a flaw',
         'on tyhjä tai siinä on yhä pohjatekstiä, joten sitä ei lueta ilmoitusohjeeksi'
  FROM documents WHERE kind = 'security_policy' AND path NOT IN (SELECT path FROM told)
)
SELECT a.subject, w.ok AS ok, NULL AS at, CASE WHEN w.ok = 1 THEN w.due END AS due, w.path AS path, w.line AS line,
       w.reason_en AS reason_en, w.reason_fi AS reason_fi
FROM asked a JOIN way w ON w.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM asked a
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM way)
