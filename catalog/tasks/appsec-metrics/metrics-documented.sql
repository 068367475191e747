-- Evidence: a document of the repository that defines security metrics and has not passed its own review date.
-- Blind spots: metrics kept in another tool; whether anybody follows them.
WITH said AS (
  SELECT d.path, d.approved, d.reviewed_at, coalesce(d.reviewed_at, d.changed_at) AS at,
         d.expires_at, coalesce(d.expires_at <= :now, 0) AS stale,
         (SELECT min(t.line) FROM topics t WHERE t.path = d.path AND t.topic IN ('metrics')) AS line
  FROM documents d
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND (d.kind = 'metrics' OR EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic IN ('metrics')))
), best AS (
  SELECT * FROM said ORDER BY stale, approved DESC, expires_at DESC NULLS FIRST, path LIMIT 1
), stub AS (
  SELECT min(path) AS path FROM documents WHERE kind IN ('metrics') AND placeholder = 1
)
SELECT a.subject, CASE WHEN b.stale = 0 THEN 1 WHEN b.stale = 1 OR u.path IS NOT NULL THEN 0 END AS ok,
       b.at AS at, CASE WHEN b.stale = 0 THEN b.expires_at END AS due,
       coalesce(b.path, u.path) AS path, b.line AS line, b.approved AS approved, b.reviewed_at AS reviewed_at,
       CASE WHEN b.stale = 1 THEN 'has passed the review date it states itself'
            ELSE 'is still template text and names no metrics' END AS reason_en,
       CASE WHEN b.stale = 1 THEN 'on ylittänyt siihen itseensä kirjatun katselmointipäivän'
            ELSE 'on yhä pohjatekstiä eikä nimeä mittareita' END AS reason_fi
FROM asked a CROSS JOIN stub u LEFT JOIN best b ON 1
WHERE a.type = 'repo'
