-- Evidence: data files and dumps in the tree: fifty or more pieces of personal data in one, twenty of them checked by a
-- check digit or structure, look like a copy of real data; a data file that was read and has fewer is fine.
-- Looked at are files that hold rows or records: no pictures, certificates or translations.
-- Blind spots: well-made invented data looks the same (allow it beside it); data outside the repository; binary dumps.
WITH found AS (
  SELECT h.path, sum(h.count) AS items, sum(CASE WHEN h.confidence IN ('checksum', 'structure') THEN h.count
      ELSE 0 END) AS firm,
         min(h.line) AS line, max(h.rule) AS rule, min(h.allowed) AS allowed
  FROM hits h WHERE h.category = 'personal_data' GROUP BY h.path
)
SELECT a.subject, CASE WHEN d.allowed = 0 AND d.items >= 50 AND d.firm >= 20 THEN 0 WHEN f.lines IS NOT NULL
    THEN 1 END AS ok,
       NULL AS at, NULL AS due, f.path AS path, d.line AS line, d.items AS items,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'henkilötunnuksia' WHEN 'iban' THEN 'tilinumeroita'
         WHEN 'payment_card_number' THEN 'maksukorttien numeroita'
             ELSE 'nimiä ja sähköpostiosoitteita' END AS what_fi,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'Finnish personal identity codes' WHEN 'iban'
           THEN 'bank account numbers'
         WHEN 'payment_card_number' THEN 'payment card numbers' ELSE 'names and e-mail addresses' END AS what_en
FROM asked a JOIN files f ON f.path = a.name LEFT JOIN found d ON d.path = f.path
WHERE a.type = 'file' AND f.class = 'data'
  AND (d.items > 0 OR f.lines IS NULL OR lower(replace(f.path, rtrim(f.path, replace(f.path, '.', '')), '')) IN ('csv', 'tsv', 'psv', 'sql', 'dump',
    'json', 'jsonl', 'ndjson', 'xml', 'yml', 'yaml', 'ldif', 'vcf', 'eml', 'har'))
