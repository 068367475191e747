-- Evidence: an audit's report kept in the repository as a document or PDF file, or a part on audits in the security
-- policy.
-- Blind spots: reports kept elsewhere; which systems are critical; how thorough the audit was and what was mended.
WITH other_use(word) AS ( -- about the program's own log of events, or how to audit, not about an audit that was made
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
), said AS (
  SELECT path, NULL AS line, reviewed_at AS at FROM report WHERE placeholder = 0
  UNION ALL
  SELECT d.path, t.line, coalesce(d.reviewed_at, d.changed_at) FROM documents d JOIN topics t ON t.path = d.path
  WHERE d.kind = 'security_policy' AND d.placeholder = 0 AND t.topic = 'audit' AND t.heading = 1
), stub AS (
  SELECT d.path FROM report r JOIN documents d ON d.path = r.path LEFT JOIN files f ON f.path = d.path
  WHERE d.placeholder = 1
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY line IS NOT NULL, path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
