-- Evidence: a document that says how personal data is processed: rules of the team, or the privacy notice that
-- binds it. And files that a confirmed record of processing declares to hold personal data: the record was confirmed or
-- reviewed within 30 days of their newest change, from its first confirmation on.
-- Blind spots: procedures kept elsewhere; whether what they say is right and followed; personal data in files that no
-- record declares; whether a change touched what the record tells of. Robots' changes, reverts, and changes of style,
-- tests or documentation by their own word are not looked at.
WITH said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE d.placeholder = 0 AND (d.kind = 'adr' OR d.path NOT LIKE '%/%/%/%') -- further down lie manuals
    AND t.topic = 'personal_data'
    AND d.kind NOT IN ('readme', 'changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
), stub AS (
  SELECT d.path FROM documents d
  WHERE d.kind = 'data_protection' AND d.placeholder = 1
    AND NOT (lower(d.path) LIKE '%test%' OR lower(d.path) LIKE '%product%' OR lower(d.path) LIKE '%tuotanto%')
), declared AS MATERIALIZED ( -- patterns of the register's records for this repository
  SELECT i.subject, i.name, i.title, replace(trim(p.value, '/ '), '**', '*') AS pattern,
         (SELECT min(f.at) FROM record_steps f WHERE f.subject = i.subject AND f.approves) AS since,
         max(i.approved_at, coalesce((SELECT max(f.at) FROM record_steps f WHERE f.subject = i.subject AND f.step = 'review'), 0)) AS reviewed_at
  FROM item_processing i JOIN item_processing__paths p ON p.subject = i.subject
  WHERE i.phase = 'in_force' AND i.approved
    AND EXISTS (SELECT 1 FROM item_processing__repositories r JOIN recorded k ON k.subject = r.value WHERE r.subject = i.subject)
), touched AS ( -- the newest change of each declared file
  SELECT x.path, max(c.at) AS at FROM changes x JOIN commits c ON c.oid = x.commit_oid
  WHERE x.status IN ('M', 'A') AND c.author_bot = 0 AND c.is_revert = 0
    AND coalesce(c.conventional, '') NOT IN ('docs', 'style', 'test', 'chore', 'ci', 'build')
    AND EXISTS (SELECT 1 FROM declared d WHERE x.path GLOB d.pattern OR x.path GLOB d.pattern || '/*')
  GROUP BY x.path
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 WHEN u.path IS NOT NULL THEN 0 END AS ok,
       s.at AS at, NULL AS due, coalesce(s.path, u.path) AS path, s.line AS line,
       'is template text or nearly empty: it does not say how personal data is processed' AS why_en,
       'on pohjatekstiä tai lähes tyhjä: se ei kerro, miten henkilötietoja käsitellään' AS why_fi,
       'Write into ' || coalesce(s.path, u.path) || ' which personal data is processed, for what, how it is protected and when it is erased.' AS fix_en,
       'Kirjoita tiedostoon ' || coalesce(s.path, u.path) || ', mitä henkilötietoja käsitellään ja miksi, miten ne suojataan ja milloin ne poistetaan.' AS fix_fi
FROM asked a
LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
LEFT JOIN (SELECT path FROM stub ORDER BY path LIMIT 1) u ON 1
WHERE a.type = 'repo'
UNION ALL
SELECT a.subject, CASE WHEN d.reviewed_at >= t.at THEN 1 WHEN t.at + 30 * 86400 <= :now THEN 0 END,
       t.at, NULL, t.path, NULL,
       'holds personal data by ' || d.name || ' (' || d.title || ') and was changed, and the record has not been reviewed since',
       'sisältää henkilötietoja kirjauksen ' || d.name || ' (' || d.title || ') mukaan, ja sitä on muutettu, mutta kirjausta ei ole sen jälkeen tarkistettu',
       'See whether ' || d.name || ' still tells which personal data is processed and why; edit it, or mark it as reviewed.',
       'Tarkista, kertooko ' || d.name || ' yhä, mitä henkilötietoja käsitellään ja miksi. Muokkaa kirjausta tai merkitse se tarkistetuksi.'
FROM asked a JOIN touched t ON t.path = a.name
JOIN (SELECT subject, name, title, pattern, min(since) AS since, max(reviewed_at) AS reviewed_at FROM declared GROUP BY subject, pattern) d
  ON (t.path GLOB d.pattern OR t.path GLOB d.pattern || '/*') AND t.at >= d.since
WHERE a.type = 'file'
