-- Evidence: a document of the repository that asks for the data owner's approval. A data file that looks like a copy of
-- production data (fifty or more pieces of personal data, twenty of them checked) is in scope, and nothing in the
-- repository can show its approval (NULL).
-- Blind spots: approvals and rules kept elsewhere; whether each use got its approval; copies outside the repository.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM documents d JOIN topics t ON t.path = d.path
  WHERE t.topic = 'data_owner_approval'
    AND d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), stub AS (
  SELECT path FROM documents WHERE placeholder = 1 AND kind = 'data_protection' AND (lower(path) GLOB '*test[-_ ]data*'
    OR lower(path) GLOB '*testidata*' OR lower(path) GLOB '*production[-_ ]data*' OR lower(path) GLOB '*tuotantodata*')
), copy AS (
  SELECT h.path FROM hits h JOIN files f ON f.path = h.path
  WHERE h.category = 'personal_data' AND h.allowed = 0 AND f.class = 'data' GROUP BY h.path
  HAVING sum(h.count) >= 50 AND sum(CASE WHEN h.confidence IN ('checksum', 'structure') THEN h.count END) >= 20
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
UNION ALL
SELECT a.subject, NULL, NULL, NULL, c.path, NULL FROM asked a JOIN copy c ON c.path = a.name WHERE a.type = 'file'
