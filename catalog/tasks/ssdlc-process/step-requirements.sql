-- Evidence: a document of the repository that states security requirements or leans on OWASP ASVS for them. One kept
-- for requirements by its name fails when it is a template or has passed the review date it states itself.
-- Blind spots: requirements kept elsewhere; whether they are complete.
WITH said AS (
  SELECT d.path, d.approved, d.reviewed_at, d.expires_at, coalesce(d.reviewed_at, d.changed_at) AS at,
         (SELECT min(t.line) FROM topics t
          WHERE t.path = d.path AND t.topic IN ('security_requirements', 'asvs')) AS line,
         coalesce((d.path LIKE '%requirement%' OR d.path LIKE '%vaatimu%') AND d.expires_at <= :now, 0) AS stale
  FROM documents d
  WHERE d.placeholder = 0 AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
    AND EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path AND t.topic IN ('security_requirements', 'asvs')
                AND (d.kind <> 'readme' OR t.heading = 1))
), best AS (
  SELECT * FROM said ORDER BY stale, approved DESC, expires_at DESC NULLS FIRST, path LIMIT 1
), stub AS (
  SELECT min(path) AS path FROM documents
  WHERE placeholder = 1 AND kind = 'secure_development_guideline'
    AND (path LIKE '%requirement%' OR path LIKE '%vaatimu%')
)
SELECT a.subject, CASE WHEN b.stale = 0 THEN 1 WHEN b.stale = 1 OR u.path IS NOT NULL THEN 0 END AS ok,
       b.at AS at, CASE WHEN b.stale = 0 THEN b.expires_at END AS due,
       coalesce(b.path, u.path) AS path, b.line AS line, b.approved AS approved, b.reviewed_at AS reviewed_at,
       CASE WHEN b.stale = 1 THEN 'has passed the review date it states itself'
            ELSE 'is empty or still has template text in it, so it counts as no list of requirements' END AS reason_en,
       CASE WHEN b.stale = 1 THEN 'on ylittänyt siihen itseensä kirjatun katselmointipäivän'
            ELSE 'on tyhjä tai siinä on yhä pohjatekstiä, joten sitä ei lueta vaatimusten kuvaukseksi' END AS reason_fi
FROM asked a CROSS JOIN stub u LEFT JOIN best b ON 1
WHERE a.type = 'repo'
