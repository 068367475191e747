-- Evidence: passwords hashed by a fast hash, by too few rounds or not at all, and accounts inserted with a readable
-- password. None found counts where code named for hashing passwords was read or a document says how they are stored;
-- with other code for authentication nothing shows it (NULL).
-- Blind spots: hashing inside libraries and services; code whose names do not speak of passwords; test, documentation
-- and vendored files.
WITH hit AS MATERIALIZED (
  SELECT h.path, h.line, h.rule, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE (h.category = 'weak_password_hash' OR h.rule = 'inserted_account_password')
    AND f.class NOT IN ('test', 'doc', 'vendored', 'generated')
), said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM documents d JOIN topics t ON t.path = d.path
  WHERE t.topic = 'password_storage' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), hasher AS (
  SELECT f.path FROM files f
  WHERE f.class = 'code' AND f.lines IS NOT NULL AND f.critical_hint IN ('authentication', 'cryptography')
    AND (lower(f.path) GLOB '*passw*hash*' OR lower(f.path) GLOB '*hash*passw*' OR lower(f.path) GLOB '*passw*encod*'
         OR '/' || lower(f.path) GLOB '*[^a-z]bcrypt*' OR '/' || lower(f.path) GLOB '*[^a-z]argon2*'
         OR '/' || lower(f.path) GLOB '*[^a-z]pbkdf2*' OR '/' || lower(f.path) GLOB '*[^a-z]scrypt*')
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path, h.line AS line,
       h.fingerprint AS fingerprint,
       CASE h.rule WHEN 'password_fast_hash' THEN 'a password is hashed by a fast hash'
         WHEN 'password_weak_encoder' THEN 'passwords are kept readable or nearly so'
         WHEN 'inserted_account_password' THEN 'an account is stored with a readable password'
         ELSE 'a password is hashed in too few rounds' END AS reason_en,
       CASE h.rule WHEN 'password_fast_hash' THEN 'salasana tiivistetään nopealla tiivisteellä'
         WHEN 'password_weak_encoder' THEN 'salasanat säilytetään luettavina tai lähes luettavina'
         WHEN 'inserted_account_password' THEN 'tunnus tallennetaan luettavan salasanan kanssa'
         ELSE 'salasana tiivistetään liian harvoilla kierroksilla' END AS reason_fi
FROM asked a JOIN hit h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject,
       CASE WHEN s.path IS NOT NULL OR EXISTS (SELECT 1 FROM hasher) THEN 1 END,
       s.at, NULL, coalesce(s.path, (SELECT min(path) FROM hasher)), s.line, NULL, NULL, NULL
FROM asked a LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
WHERE a.type = 'repo' AND NOT EXISTS (SELECT 1 FROM hit WHERE allowed = 0)
  AND (s.path IS NOT NULL OR EXISTS (SELECT 1 FROM files WHERE critical_hint = 'authentication' AND class = 'code'))
