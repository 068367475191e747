-- Evidence: code whose path says that it handles authentication, cryptography and the like, and the CODEOWNERS line
-- that decides it; or a document on critical code. The first file of a kind fails where at least half of such files
-- have owners; else the repository fails once, when there are three or more and no list of maintainers or owners
-- either. The line for everything declares nothing in particular (NULL).
-- Blind spots: critical code whose path does not show it; a register kept elsewhere. Files added in the period: next
-- point.
WITH critical AS MATERIALIZED ( -- covered: 2 by a line of its own, 1 by the line for everything, 0 by none
  SELECT f.path, f.critical_hint AS hint,
         CASE WHEN o.owners IS NULL OR o.owners = 0 THEN 0
              WHEN EXISTS (SELECT 1 FROM owner_rules r WHERE r.line = o.rule_line
                             AND r.pattern IN ('*', '**', '/', '/**', '/*')) THEN 1
              ELSE 2 END AS covered,
         EXISTS (SELECT 1 FROM changes x WHERE x.path = f.path AND x.status = 'A') AS added
  FROM files f LEFT JOIN file_owners o ON o.path = f.path WHERE f.critical_hint IS NOT NULL AND f.class = 'code'
), total AS (
  SELECT count(*) AS files, sum(covered > 0) AS owned, sum(covered = 2) AS declared, sum(covered = 0) AS bare
  FROM critical
), told AS (
  SELECT t.path FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'critical_code' AND t.heading = 1 AND d.placeholder = 0
), listed AS ( -- people who answer for the whole or for folders, without saying what is critical
  SELECT 1 FROM publishers p LEFT JOIN documents d ON d.path = p.path
  WHERE d.kind IN ('maintainers', 'governance') OR lower(p.path) LIKE '%maintainers%' OR lower(p.path) LIKE '%owners%'
), verdict AS (
  SELECT 'repo' AS type, '' AS name, c.path, c.hint,
         CASE WHEN EXISTS (SELECT 1 FROM told) OR (t.declared > 0 AND 2 * t.owned >= t.files) THEN 1
              WHEN t.bare >= 3 AND 2 * t.owned < t.files AND NOT EXISTS (SELECT 1 FROM listed) THEN 0 END AS ok
  FROM total t LEFT JOIN (
    SELECT path, hint FROM critical WHERE covered = 0
    ORDER BY CASE hint WHEN 'authentication' THEN 0 WHEN 'cryptography' THEN 1 WHEN 'access_control' THEN 2
        ELSE 3 END, path
    LIMIT 1) c ON 1
  UNION ALL
  SELECT 'file', c.path, c.path, c.hint, CASE c.covered WHEN 0 THEN 0 WHEN 2 THEN 1 END
  FROM (SELECT *, row_number() OVER (PARTITION BY hint, covered ORDER BY path) AS place FROM critical WHERE added = 0) c
  CROSS JOIN total t
  WHERE (c.covered > 0 OR c.place = 1) AND t.owned > 0 AND 2 * t.owned >= t.files
)
SELECT a.subject, v.ok AS ok, NULL AS at, NULL AS due, v.path AS path, t.bare AS files,
       CASE v.hint WHEN 'authentication' THEN 'authentication' WHEN 'cryptography' THEN 'cryptography'
         WHEN 'session' THEN 'session handling' WHEN 'access_control' THEN 'access control'
         WHEN 'payment' THEN 'payments' WHEN 'secrets' THEN 'handling of secrets'
         WHEN 'deserialization' THEN 'deserialization' WHEN 'upload' THEN 'file upload'
         WHEN 'command_execution' THEN 'running commands' ELSE v.hint END AS hint_en,
       CASE v.hint WHEN 'authentication' THEN 'tunnistautuminen' WHEN 'cryptography' THEN 'kryptografia'
         WHEN 'session' THEN 'istuntojen hallinta' WHEN 'access_control' THEN 'pääsynhallinta'
         WHEN 'payment' THEN 'maksaminen' WHEN 'secrets' THEN 'salaisuuksien käsittely'
         WHEN 'deserialization' THEN 'datan purku olioiksi' WHEN 'upload' THEN 'tiedostojen vastaanotto'
         WHEN 'command_execution' THEN 'komentojen ajaminen' ELSE v.hint END AS hint_fi
FROM asked a JOIN verdict v ON v.type = a.type AND v.name = a.name CROSS JOIN total t
