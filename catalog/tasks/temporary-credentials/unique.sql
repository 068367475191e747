-- Evidence: initial or default passwords written into code, configuration, data or automation, the same one in several
-- places.
-- Blind spots: passwords made at run time; how they are handed over; test, documentation and vendored files. None found
-- is no evidence that each one handed over is unique (NULL).
WITH hit AS MATERIALIZED (
  SELECT h.path, h.line, h.fingerprint, h.allowed, h.same_value
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'default_password' AND h.same_value IS NOT NULL AND f.class NOT IN ('test', 'doc',
      'vendored', 'generated')
), same AS (SELECT same_value, count(*) AS places FROM hit GROUP BY same_value)
SELECT a.subject, CASE WHEN h.allowed = 1 THEN 1 WHEN s.places > 1 THEN 0 END AS ok, NULL AS at, NULL AS due,
    h.path AS path,
       h.line AS line, h.fingerprint AS fingerprint, s.places AS places
FROM asked a JOIN hit h ON h.path = a.name JOIN same s ON s.same_value = h.same_value
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM asked a WHERE a.type = 'repo'
    AND NOT EXISTS (SELECT 1 FROM hit)
