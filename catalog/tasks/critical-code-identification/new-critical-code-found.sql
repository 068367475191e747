-- Evidence: code added in the period whose path says that it is security-critical, and the CODEOWNERS line that decides
-- it, or a path of the register's definition of critical code in force for the repository, among what is critical or what was looked at and is not (a missing owner counts where at least half of the critical code has one, once a kind); CODEOWNERS lines that do
-- not parse or, in GitHub's dialect, name a file or folder that is not there; lines of its own that decide critical
-- code.
-- Blind spots: critical code whose path does not show it. Moved files count as added. A line without owners is taken as
-- meant. Of lines that match nothing the first 200 are looked at.
WITH patterns AS MATERIALIZED ( -- of the register's definitions in force for this repository
  SELECT p.pattern, instr(p.pattern, '/') = 0 AS anywhere
  FROM item_critical_code i JOIN recorded k ON k.subject = i.repository JOIN (
    SELECT subject, replace(trim(trim(pattern), '/'), '**', '*') AS pattern FROM item_critical_code__paths
    UNION ALL SELECT subject, replace(trim(trim(pattern), '/'), '**', '*') FROM item_critical_code__cleared) p ON p.subject = i.subject
  WHERE i.phase = 'in_force' AND i.approved AND p.pattern <> ''
), critical AS MATERIALIZED ( -- covered: 2 by a line of its own or by the register, 1 by the line for everything, 0 by none
  SELECT f.path, f.critical_hint AS hint,
         CASE WHEN EXISTS (SELECT 1 FROM patterns p WHERE f.path GLOB p.pattern OR f.path GLOB p.pattern || '/*'
                             OR (p.anywhere AND (f.path GLOB '*/' || p.pattern OR f.path GLOB '*/' || p.pattern || '/*'))) THEN 2
              WHEN o.owners IS NULL OR o.owners = 0 THEN 0
              WHEN EXISTS (SELECT 1 FROM owner_rules r WHERE r.line = o.rule_line
                             AND r.pattern IN ('*', '**', '/', '/**', '/*')) THEN 1
              ELSE 2 END AS covered,
         EXISTS (SELECT 1 FROM changes x WHERE x.path = f.path AND x.status = 'A') AS added
  FROM files f LEFT JOIN file_owners o ON o.path = f.path WHERE f.critical_hint IS NOT NULL AND f.class = 'code'
), total AS (
  SELECT count(*) AS files, sum(covered > 0) AS owned, sum(covered = 2) AS declared, sum(covered = 0) AS bare
  FROM critical
), verdict AS (
  SELECT c.path, NULL AS line, 'owner' AS reason, c.hint,
         CASE WHEN c.covered = 2 THEN 1 WHEN c.covered = 0 AND t.owned > 0 AND 2 * t.owned >= t.files THEN 0 END AS ok
  FROM (SELECT c.*, row_number() OVER (PARTITION BY c.hint, c.covered ORDER BY c.path) AS place
        FROM asked a JOIN critical c ON a.type = 'file' AND c.path = a.name WHERE c.added = 1) c
  CROSS JOIN total t WHERE c.covered > 0 OR c.place = 1
  UNION ALL
  SELECT r.path, r.line, coalesce(r.error, 'stale'), '',
         CASE WHEN r.error IS NOT NULL THEN 0 WHEN r.stale THEN 0 ELSE 1 END
  FROM (SELECT o.*, CASE WHEN o.place <= 200 AND o.dialect = 'github' AND o.matches = 0 AND o.owners > 0 AND o.error IS NULL
                   AND o.named NOT GLOB '*[*?[]*' -- CASE, for AND asks all its sides: each line would be held against each file
                 THEN NOT EXISTS (
                   SELECT 1 FROM files f
                   WHERE '/' || f.path || '/' LIKE CASE WHEN instr(o.named, '/') > 0 THEN '/' ELSE '%/' END || o.named || '/%')
                 ELSE 0 END
               AS stale
        FROM (SELECT *, trim(pattern, '/') AS named, row_number() OVER (PARTITION BY matches = 0 ORDER BY path, line) AS place
              FROM owner_rules) o) r
  WHERE coalesce(r.error, '') <> 'no_owner' AND r.pattern NOT IN ('*', '**', '/', '/**', '/*')
    AND (r.error IS NOT NULL OR r.stale
         OR r.line IN (SELECT o.rule_line FROM critical c JOIN file_owners o ON o.path = c.path WHERE c.covered = 2))
), worded AS (
  SELECT v.*,
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
  FROM verdict v
)
SELECT a.subject, w.ok AS ok, NULL AS at, NULL AS due, w.path AS path, w.line AS line,
       CASE w.reason WHEN 'owner'
           THEN 'new code that looks security-critical (' || w.hint_en || ') has no owners in CODEOWNERS'
         WHEN 'stale' THEN 'line ' || w.line || ' names a file or folder that is not there any more'
         WHEN 'unsupported_negation' THEN 'line ' || w.line || ' is ignored: patterns with ! are not supported'
         WHEN 'character_class' THEN 'line ' || w.line || ' is ignored: patterns with [ ] are not supported'
         WHEN 'escaped_hash' THEN 'line ' || w.line || ' is ignored: a pattern cannot start with an escaped #'
         WHEN 'invalid_owner' THEN 'line ' || w.line || ' names an owner that is no account, team or address'
         WHEN 'file_too_large' THEN 'the file is too large, so the host reads none of it'
         ELSE 'line ' || w.line || ' is not understood' END AS reason_en,
       CASE w.reason WHEN 'owner'
         THEN 'uudella, tietoturvakriittiseltä vaikuttavalla koodilla (' || w.hint_fi
              || ') ei ole omistajaa CODEOWNERS-tiedostossa'
         WHEN 'stale' THEN 'rivi ' || w.line || ' nimeää tiedoston tai kansion, jota ei enää ole'
         WHEN 'unsupported_negation' THEN 'rivi ' || w.line || ' jää huomiotta: !-merkkiä ei tueta'
         WHEN 'character_class' THEN 'rivi ' || w.line || ' jää huomiotta: hakasulkeita ei tueta'
         WHEN 'escaped_hash' THEN 'rivi ' || w.line || ' jää huomiotta: polku ei voi alkaa merkeillä \#'
         WHEN 'invalid_owner' THEN 'rivillä ' || w.line || ' on omistaja, joka ei ole tunnus, tiimi eikä osoite'
         WHEN 'file_too_large' THEN 'tiedosto on liian suuri, joten palvelu ei lue siitä mitään'
         ELSE 'riviä ' || w.line || ' ei ymmärretä' END AS reason_fi
FROM asked a JOIN worded w ON w.path = a.name
WHERE a.type = 'file'
