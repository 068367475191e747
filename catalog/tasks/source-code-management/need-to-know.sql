-- Evidence: permissions that GitHub workflows state for their token: write-all fails, anything narrower is fine. A
-- workflow that states none gets what the host's settings give (NULL). And secrets that stand in code and settings, so
-- that everybody who may read the code has what they open: keys and tokens of a form of their own, passwords and keys in
-- settings, keys that sign sessions.
-- Blind spots: people's rights on the host; tokens kept as secrets; other systems' permissions; secrets in the history,
-- in tests, examples, documentation and what is for developers' own machines.
WITH aside(word) AS (VALUES ('dev'), ('development'), ('local'), ('ci'), ('e2e'), ('cypress'), ('molecule'), ('minikube'),
  ('compose'), ('example'), ('examples'), ('sample'), ('samples'), ('demo'), ('test'), ('tests'), ('testing'), ('spec'),
  ('fixtures'), ('sandbox')
), secret AS (
  SELECT h.path, h.line, h.rule, h.fingerprint, h.allowed,
    row_number() OVER (PARTITION BY CASE h.rule WHEN 'private_key' THEN rtrim(h.path, replace(h.path, '/', ''))
                         ELSE coalesce(h.same_value, h.path || ':' || h.line || ':' || h.seq) END, h.rule, h.allowed
                       ORDER BY length(h.path), h.path, h.line) AS place, -- a value, a folder of keys: told of once
    CASE WHEN h.rule = 'private_key' THEN 'a private key' WHEN h.rule GLOB '*password*' THEN 'a password'
         WHEN h.rule = 'hardcoded_signing_secret' THEN 'a key that signs sessions or tokens'
         ELSE 'a key or token of a service' END AS kind_en,
    CASE WHEN h.rule = 'private_key' THEN 'yksityisen avaimen' WHEN h.rule GLOB '*password*' THEN 'salasanan'
         WHEN h.rule = 'hardcoded_signing_secret' THEN 'istuntojen allekirjoitusavaimen'
         ELSE 'palvelun avaimen' END AS kind_fi
  FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'secret' AND h.rule <> 'jwt'
    AND f.class NOT IN ('test', 'doc', 'data', 'vendored', 'generated')
    AND (h.confidence <> 'context' OR f.class IN ('config', 'ci')
         OR h.rule IN ('hardcoded_signing_secret', 'database_url_password'))
    AND NOT (h.rule = 'hardcoded_signing_secret' AND EXISTS ( -- settings/base.py, which settings/prod.py overrides
      SELECT 1 FROM files o WHERE lower(o.path) GLOB lower(rtrim(h.path, replace(h.path, '/', ''))) || 'prod*.py'))
    AND lower(h.path) NOT GLOB '*openapi*' AND lower(h.path) NOT GLOB '*swagger*'
    AND NOT EXISTS (SELECT 1 FROM aside w -- words of the path
                    WHERE '/' || replace(replace(replace(lower(h.path), '.', '/'), '-', '/'), '_', '/') || '/'
                          GLOB '*/' || w.word || '/*')
)
SELECT a.subject,
       CASE WHEN p.scope = 'all' AND p.level = 'write' THEN 0 WHEN p.level <> 'unset' THEN 1 END AS ok,
       NULL AS at, NULL AS due, p.path AS path, p.line AS line, NULL AS fingerprint,
       'gives the workflow''s token write access to everything' AS what_en,
       'antaa automaation tunnisteelle kirjoitusoikeuden kaikkeen' AS what_fi,
       'Set permissions to read for the whole workflow, and give single jobs the write access they need' AS how_en,
       'Aseta koko työnkululle vain lukuoikeus ja anna yksittäisille töille niiden tarvitsema kirjoitusoikeus' AS how_fi
FROM asked a JOIN ci_permissions p ON p.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, s.allowed, NULL, NULL, s.path, s.line, s.fingerprint,
       'holds ' || s.kind_en || ': whoever may read the code has it',
       'sisältää ' || s.kind_fi || ': se on kaikilla, jotka pääsevät lukemaan koodia',
       'Revoke it, since the history keeps it, and read the new one from the environment or a secret store',
       'Mitätöi se, sillä historia säilyttää sen, ja lue uusi ympäristömuuttujasta tai salaisuuksien hallinnasta'
FROM asked a JOIN secret s ON s.path = a.name
WHERE a.type = 'file' AND s.place = 1
