-- Evidence: settings that tests run with: one that names a production host fails; settings that were read and name none
-- are fine.
-- Blind spots: hosts whose name does not say production; addresses that come from the automation's variables; tests
-- that get their settings from code.
WITH found AS MATERIALIZED (
  SELECT h.path, h.line, h.fingerprint, h.allowed
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'production_in_test' AND f.class NOT IN ('doc', 'vendored', 'generated')
), setting AS (
  SELECT path FROM (SELECT path, '/' || lower(path) || '/' AS place FROM files
                    WHERE class IN ('config', 'data') AND lines IS NOT NULL)
  WHERE (place GLOB '*[^a-z]test[^a-z]*' OR place GLOB '*[^a-z]tests[^a-z]*' OR place GLOB '*[^a-z]e2e[^a-z]*'
         OR place GLOB '*[^a-z]testing[^a-z]*')
    AND (place GLOB '*/.env*' OR place GLOB '*.env/' OR place GLOB '*/application[^/]*' OR place GLOB '*[/_.-]config[^/]*/'
         OR place GLOB '*[/_.-]setting[^/]*/' OR place GLOB '*/docker-compose[^/]*' OR place GLOB '*/compose[.-][^/]*')
    AND place NOT GLOB '*[/_.-]example[/_.-]*' AND place NOT GLOB '*[/_.-]sample[/_.-]*' AND place NOT GLOB '*/fixtures/*'
    AND (place GLOB '*.yml/' OR place GLOB '*.yaml/' OR place GLOB '*.json/' OR place GLOB '*.toml/'
         OR place GLOB '*.properties/' OR place GLOB '*.ini/' OR place GLOB '*.cfg/' OR place GLOB '*.conf/'
         OR place GLOB '*.xml/' OR place GLOB '*.env/' OR place GLOB '*/.env*')
)
SELECT a.subject, h.allowed AS ok, NULL AS at, NULL AS due, h.path AS path, h.line AS line,
       h.fingerprint AS fingerprint
FROM asked a JOIN found h ON h.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, 1, NULL, NULL, s.path, NULL, NULL
FROM asked a JOIN setting s ON s.path = a.name
WHERE a.type = 'file' AND NOT EXISTS (SELECT 1 FROM found h WHERE h.path = s.path)
