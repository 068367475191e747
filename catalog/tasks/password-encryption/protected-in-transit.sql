-- Evidence: code for authentication or sessions that turns off the check of a certificate, allows a protocol older than
-- TLS 1.2 or connects to a public host by plain HTTP fails. Where there is code for authentication, a document that
-- says how traffic is encrypted is fine; without one nothing shows it (NULL).
-- Blind spots: where encryption ends before the service; settings outside the repository; code whose path does not show
-- that it handles sign-in; whether a password goes over the connection.
WITH hit AS MATERIALIZED (
  SELECT h.path, h.line, h.category, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category IN ('tls_verification_off', 'old_tls', 'plain_http') AND f.class = 'code'
    AND f.critical_hint IN ('authentication', 'session')
), said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM documents d JOIN topics t ON t.path = d.path
  WHERE t.topic = 'tls' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path, h.line AS line,
       h.fingerprint AS fingerprint,
       CASE h.category WHEN 'tls_verification_off' THEN 'does not check the certificate of the other end'
         WHEN 'old_tls' THEN 'allows a protocol older than TLS 1.2'
         ELSE 'uses an unencrypted connection to a public host' END AS reason_en,
       CASE h.category WHEN 'tls_verification_off' THEN 'jättää vastapuolen varmenteen tarkistamatta'
         WHEN 'old_tls' THEN 'sallii TLS 1.2:ta vanhemman yhteyskäytännön'
         ELSE 'käyttää salaamatonta yhteyttä julkiseen palvelimeen' END AS reason_fi
FROM asked a JOIN hit h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 END, s.at, NULL, s.path, s.line, NULL, NULL, NULL
FROM asked a LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM hit WHERE allowed = 0)
  AND EXISTS (SELECT 1 FROM files WHERE critical_hint = 'authentication' AND class = 'code')
