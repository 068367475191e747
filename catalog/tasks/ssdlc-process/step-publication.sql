-- Evidence: signed version tags; automation that signs, or makes an SBOM or provenance; a document on how a release
-- is made. An unsigned final release of the period fails where at least 80 % of the newest twenty of its line, and
-- five of them, are signed; so does a release policy that is only a template.
-- Blind spots: signatures are seen, not verified; signing outside the repository; whether the described way is
-- followed.
WITH final AS (
  SELECT t.name, t.line, t.signature IS NOT NULL AS signed,
         row_number() OVER (PARTITION BY t.line ORDER BY t.at DESC, t.name) AS nth
  FROM tags t WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.at <= :now
), practice AS ( -- lines of releases that are signed as a rule
  SELECT line, sum(signed) AS signed, count(*) AS n FROM final WHERE nth <= 20
  GROUP BY line HAVING sum(signed) >= 5 AND 10 * sum(signed) >= 8 * count(*)
), proof AS (
  SELECT s.path, s.line FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('sign', 'sbom', 'provenance') AND s.allow_failure = 0
  ORDER BY s.path, s.line LIMIT 1
), said AS (
  SELECT d.path, min(t.line) AS line FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'release_process' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path ORDER BY d.kind <> 'release_policy', d.path LIMIT 1
), stub AS (
  SELECT min(path) AS path FROM documents
  WHERE kind = 'release_policy' AND placeholder = 1
)
SELECT a.subject, t.signature IS NOT NULL AS ok, t.at AS at, NULL AS due, NULL AS path, NULL AS line,
       t.target AS commit_oid,
       t.label AS name, printf('the release tag is not signed, unlike %d of the newest %d of its line', p.signed,
         p.n) AS what_en,
       printf('julkaisun tunnistetta ei ole allekirjoitettu, vaikka saman linjan uusimmista %d/%d on', p.signed,
         p.n) AS what_fi,
       'find out who made the tag and why it is unsigned, and release from signed tags only' AS fix_en,
       'selvitä, kuka tunnisteen loi ja miksi allekirjoitus puuttuu, ja julkaise vain allekirjoitetuista' AS fix_fi
FROM asked a JOIN tags t ON a.type = 'ref' AND t.name = a.name JOIN practice p ON p.line = t.line
WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.at BETWEEN :since AND :now
UNION ALL
SELECT a.subject, CASE WHEN p.path IS NOT NULL OR s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END, NULL,
       NULL, coalesce(p.path, s.path, u.path), coalesce(p.line, s.line), NULL,
       u.path, 'empty or still has template text in it, so it counts as no release process',
       'tyhjä tai siinä on yhä pohjatekstiä, joten sitä ei lueta julkaisuprosessin kuvaukseksi',
       'write down who releases, what must be ready, and how the release is signed',
       'kirjaa, kuka julkaisee, mitä on oltava valmiina ja miten julkaisu allekirjoitetaan'
FROM asked a CROSS JOIN stub u LEFT JOIN proof p ON 1 LEFT JOIN said s ON 1
WHERE a.type = 'repo'
