-- Evidence: automation that names a production environment and another one, or is told which one to deploy to; a
-- document that tells the environments apart. A secret that stands both in a file for production and in one for
-- development or testing fails, and so does a document on environments that is template text or nearly empty.
-- Blind spots: whether named environments share machines, networks or accounts; secrets kept outside the repository.
WITH kinds(pattern, production) AS (
  VALUES ('prod', 1), ('production', 1), ('prd', 1), ('dev', 0), ('development', 0), ('test', 0), ('testing', 0),
         ('staging', 0), ('stage', 0), ('stg', 0), ('qa', 0), ('uat', 0), ('preview', 0), ('review', 0), ('local', 0),
         ('acceptance', 0), ('integration', 0), ('preprod', 0), ('preproduction', 0), ('nonprod', 0), ('non', 0),
         ('pre', 0), ('sandbox', 0), ('demo', 0), ('ci', 0), ('e2e', 0)
), environment(name, path, line, production) AS MATERIALIZED (
  SELECT lower(s.environment), s.path, min(s.line), min(k.production)
  FROM ci_steps s JOIN ci_files f ON f.path = s.path AND f.system <> 'script'
  JOIN kinds k ON '/' || lower(s.environment) || '/' GLOB '*[^a-z]' || k.pattern || '[^a-z]*'
  WHERE s.environment IS NOT NULL GROUP BY s.environment, s.path
), said AS (
  SELECT path, line, NULL AS at FROM environment
  WHERE production = 1 AND EXISTS (SELECT 1 FROM environment WHERE production = 0)
  UNION ALL
  SELECT s.path, min(s.line), NULL FROM ci_steps s JOIN ci_files f ON f.path = s.path AND f.system <> 'script'
  WHERE s.role = 'deploy' AND lower(s.environment) GLOB '*${{*input*env*}}*' GROUP BY s.path
  UNION ALL
  SELECT d.path, min(t.line), coalesce(d.reviewed_at, d.changed_at)
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'environments' AND d.placeholder = 0
    AND (d.kind = 'environments' OR t.heading = 0 -- "Test environments" of a test runner are a heading too
         OR EXISTS (SELECT 1 FROM topics x WHERE x.path = d.path AND x.topic IN ('deployment', 'deployment_strategy',
             'production_access', 'production_data', 'parity', 'rollback')))
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), placed AS MATERIALIZED ( -- secrets in files whose path says for which environment they are
  SELECT h.path, h.line, h.fingerprint, h.same_value, h.allowed, min(k.production) AS production
  FROM hits h JOIN files f ON f.path = h.path
  JOIN kinds k ON '/' || lower(h.path) || '/' GLOB '*[^a-z]' || k.pattern || '[^a-z]*'
  WHERE h.category = 'secret' AND h.same_value IS NOT NULL AND h.same_value <> '' AND h.rule <> 'google_api_key'
    AND f.class NOT IN ('doc', 'vendored', 'generated')
  GROUP BY h.path, h.line, h.fingerprint
), shared AS (
  SELECT p.path, p.line, p.fingerprint, p.allowed, min(o.path) AS other
  FROM placed p JOIN placed o ON o.same_value = p.same_value AND o.production = 0
  WHERE p.production = 1 GROUP BY p.path, p.line, p.fingerprint
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok, s.at AS at,
       NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line, NULL AS fingerprint,
       'is template text or nearly empty: it does not tell the environments apart' AS reason_en,
       'on pohjatekstiä tai lähes tyhjä: se ei erota ympäristöjä toisistaan' AS reason_fi
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path, line LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM documents WHERE kind = 'environments' AND placeholder = 1 ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
UNION ALL
SELECT a.subject, h.allowed, NULL, NULL, h.path, h.line, h.fingerprint,
       'holds on line ' || h.line || ' a secret that also stands in ' || h.other,
       'sisältää rivillä ' || h.line || ' salaisuuden, joka on myös tiedostossa ' || h.other
FROM asked a JOIN shared h ON h.path = a.name
WHERE a.type = 'file'
