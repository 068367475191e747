-- Evidence: data files of tests (fixtures, samples, dumps): five or more pieces of personal data whose check digit is
-- right fail; a data file that was read and has fewer is fine.
-- Looked at are files that hold rows or records: no pictures, certificates or translations.
-- Blind spots: invented data with right check digits (allow it beside it); names and addresses alone; values written
-- into test code; data outside the repository. Data elsewhere in the tree is judged by the task on environments.
WITH words(word) AS (
  VALUES ('test'), ('tests'), ('testing'), ('testdata'), ('spec'), ('specs'), ('e2e'), ('mock'), ('mocks'),
         ('fixture'), ('fixtures'), ('cypress')
), found AS (
  SELECT h.path, sum(h.count) AS items, min(h.line) AS line, max(h.rule) AS rule
  FROM hits h WHERE h.category = 'personal_data' AND h.confidence = 'checksum' AND h.allowed = 0 GROUP BY h.path
)
SELECT a.subject, CASE WHEN d.items >= 5 THEN 0 WHEN f.lines IS NOT NULL THEN 1 END AS ok,
       NULL AS at, NULL AS due, f.path AS path, d.line AS line, d.items AS items,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'Finnish personal identity codes'
         WHEN 'iban' THEN 'bank account numbers' ELSE 'payment card numbers' END AS what_en,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'henkilötunnuksia'
         WHEN 'iban' THEN 'tilinumeroita' ELSE 'maksukorttien numeroita' END AS what_fi
FROM asked a JOIN files f ON f.path = a.name LEFT JOIN found d ON d.path = f.path
WHERE a.type = 'file' AND f.class = 'data'
  AND (d.items > 0 OR f.lines IS NULL OR lower(replace(f.path, rtrim(f.path, replace(f.path, '.', '')), '')) IN ('csv', 'tsv', 'psv', 'sql', 'dump',
    'json', 'jsonl', 'ndjson', 'xml', 'yml', 'yaml', 'ldif', 'vcf', 'eml', 'har'))
  AND EXISTS (SELECT 1 FROM words w WHERE '/' || lower(f.path) GLOB '*[^a-z]' || w.word || '[^a-z]*')
