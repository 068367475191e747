-- Evidence: for each main language (ten or more code files and a tenth of all) a document with rules for a programming
-- language whose path or title names that language; with one main language, any such document. A language without one
-- fails where another has one.
-- Blind spots: guidelines kept elsewhere; one document for several languages that names none of them; rules kept in a
-- linter.
WITH code AS (
  SELECT language, count(*) AS files, sum(count(*)) OVER () AS total FROM files
  WHERE class = 'code' AND language IS NOT NULL GROUP BY language
), main AS (
  SELECT language, files, count(*) OVER () AS languages FROM code WHERE files >= 10 AND 10 * files >= total
), guide AS (
  SELECT d.path, ' ' || replace(replace(replace(replace(replace(lower(d.path || ' ' || coalesce(d.title,
      '')), '/', ' '), '.', ' '), '-', ' '), '_', ' '), ':', ' ') || ' ' AS words
  FROM documents d WHERE d.placeholder = 0 AND EXISTS (SELECT 1 FROM topics t WHERE t.path = d.path
      AND t.topic = 'language_guidelines')
), covered AS (
  SELECT m.language, m.files, m.languages,
         (SELECT min(g.path) FROM guide g WHERE m.languages = 1
             OR instr(g.words, ' ' || m.language || ' ') > 0) AS path
  FROM main m
)
SELECT a.subject,
       CASE WHEN c.path IS NOT NULL THEN 1 WHEN EXISTS (SELECT 1 FROM covered WHERE path IS NOT NULL)
           THEN 0 END AS ok,
       NULL AS at, NULL AS due, c.path AS path, c.language AS language, c.files AS files
FROM asked a CROSS JOIN covered c
WHERE a.type = 'repo'
