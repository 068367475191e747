-- Evidence: the newest audit report of the repository, by the latest year in its path or title, else by the review date
-- it states: no more than two years old, and the next date it states not passed.
-- Blind spots: a report is as new as the end of its year; reports without a year and reports kept elsewhere (NULL); an
-- interval agreed on elsewhere.
WITH RECURSIVE other_use(word) AS ( -- about the program's own log of events, or how to audit, not about an audit
  VALUES ('log'), ('trail'), ('event'), ('template'), ('plan'), ('procedure'), ('policy'), ('checklist'), ('guide')
), place AS (
  SELECT path, '/' || lower(path) AS low FROM files -- LIKE's _ stands for - and space too
  WHERE class NOT IN ('vendored', 'generated')
), report AS ( -- audit reports: documents, and PDF files in the places where such reports are kept
  SELECT d.path, d.title, d.placeholder, d.reviewed_at, d.expires_at FROM documents d
  WHERE d.kind = 'audit_report' AND NOT EXISTS (
    SELECT 1 FROM other_use o WHERE instr(lower(d.path || coalesce(d.title, '')), o.word) > 0)
  UNION ALL
  SELECT f.path, NULL, 0, NULL, NULL FROM place f WHERE f.low LIKE '%.pdf' AND f.low NOT LIKE '%/test%'
    AND (f.low LIKE '%/audit/%' OR f.low LIKE '%/audits/%' OR f.low LIKE '%security_audit%'
         OR f.low LIKE '%/security/%audit%' OR f.low LIKE '%audit_report%'
         OR f.low LIKE '%/pentest%' OR f.low LIKE '%penetration_test%')
    AND NOT EXISTS (SELECT 1 FROM other_use o WHERE instr(f.low, o.word) > 0)
), years(year) AS (
  SELECT CAST(strftime('%Y', :now, 'unixepoch') AS INTEGER) UNION ALL SELECT year - 1 FROM years WHERE year > 2000
), named AS ( -- a standard's name has a year of its own
  SELECT path, reviewed_at, expires_at, ' ' || path || ' ' || coalesce(title, '') || ' ' AS name,
    lower(path || coalesce(title, '')) LIKE '%iso%27%'
      OR lower(path || coalesce(title, '')) LIKE '%vahti%' AS foreign_year
  FROM report WHERE placeholder = 0
), dated AS (
  SELECT n.path, n.expires_at,
         coalesce((SELECT min(:now, CAST(strftime('%s', max(y.year) || '-12-31') AS INTEGER)) FROM years y
                   WHERE n.foreign_year = 0 AND (n.name GLOB '*[^0-9]' || y.year || '[^0-9]*'
                         OR n.name GLOB '*[^0-9]' || y.year || '[01][0-9][0-3][0-9][^0-9]*')), n.reviewed_at) AS at
  FROM named n
), newest AS (
  SELECT path, expires_at, at FROM dated ORDER BY at IS NULL, at DESC, path LIMIT 1
), judged AS (
  SELECT path, at, CASE WHEN expires_at <= :now THEN 'passed' WHEN at <= :now - 63072000 THEN 'old'
      WHEN at IS NOT NULL OR expires_at IS NOT NULL THEN 'fine' END AS state,
    coalesce(expires_at, at + 63072000) AS due
  FROM newest
)
SELECT a.subject, CASE j.state WHEN 'fine' THEN 1 WHEN 'old' THEN 0 WHEN 'passed' THEN 0 END AS ok,
       j.at AS at, CASE WHEN j.state = 'fine' THEN j.due END AS due, j.path AS path,
       CASE j.state WHEN 'old' THEN 'is the newest audit report here, and it is more than two years old'
         WHEN 'passed' THEN 'states a date for the next audit that has passed' END AS reason_en,
       CASE j.state WHEN 'old' THEN 'on uusin täällä oleva auditointiraportti, ja se on yli kaksi vuotta vanha'
         WHEN 'passed' THEN 'ilmoittaa seuraavalle auditoinnille päivän, joka on jo mennyt' END AS reason_fi
FROM asked a LEFT JOIN judged j ON 1
WHERE a.type = 'repo'
