-- Evidence: data files and dumps in the tree: five or more pieces of personal data whose check digit is right fail; a
-- file whose personal data somebody vouches for, beside it, is fine. A file without any shows nothing of removal
-- (NULL).
-- Blind spots: invented data with right check digits (allow it beside it); names and addresses alone; data outside the
-- repository.
WITH found AS (
  SELECT h.path, sum(CASE WHEN h.confidence = 'checksum' AND h.allowed = 0 THEN h.count ELSE 0 END) AS items,
         max(h.allowed) AS allowed, min(h.line) AS line, max(h.rule) AS rule
  FROM hits h WHERE h.category = 'personal_data' GROUP BY h.path
)
SELECT a.subject, CASE WHEN d.items >= 5 THEN 0 WHEN d.allowed = 1 THEN 1 END AS ok,
       NULL AS at, NULL AS due, f.path AS path, d.line AS line, d.items AS items,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'henkilötunnuksia' WHEN 'iban' THEN 'tilinumeroita'
         WHEN 'payment_card_number' THEN 'maksukorttien numeroita'
             ELSE 'nimiä ja sähköpostiosoitteita' END AS what_fi,
       CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'Finnish personal identity codes' WHEN 'iban'
           THEN 'bank account numbers'
         WHEN 'payment_card_number' THEN 'payment card numbers' ELSE 'names and e-mail addresses' END AS what_en
FROM asked a JOIN files f ON f.path = a.name LEFT JOIN found d ON d.path = f.path
WHERE a.type = 'file' AND f.class = 'data'
