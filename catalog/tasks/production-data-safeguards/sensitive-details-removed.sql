-- Evidence: data files and dumps in the tree: five or more pieces of personal data whose check digit is right fail; a
-- data file that was read and has fewer is fine.
-- Blind spots: invented data with right check digits (allow it beside it); names and addresses alone; data outside the
-- repository.
WITH found AS (
  SELECT h.path, sum(h.count) AS items, min(h.line) AS line, min(h.what) AS what
  FROM hits h WHERE h.category = 'personal_data' AND h.confidence = 'checksum' AND h.allowed = 0 GROUP BY h.path
)
SELECT a.subject, CASE WHEN d.items >= 5 THEN 0 WHEN f.lines IS NOT NULL THEN 1 END AS ok,
       NULL AS at, NULL AS due, f.path AS path, d.line AS line, d.items AS items, d.what AS what
FROM asked a JOIN files f ON f.path = a.name LEFT JOIN found d ON d.path = f.path
WHERE a.type = 'file' AND f.class = 'data'
