-- Evidence: who put a change on the branch (merged or applied it) and who made a version tag, against the publisher list of
-- the organization's register that is in force for the repository, from when it was approved on; else against the people
-- that a MAINTAINERS, CODEOWNERS or governance file names. Such a file is used when it names people by name or address,
-- holds no teams or accounts, and covers at least half of the period's publications and ten of them. An unlisted publisher
-- is told of once, by their newest publication.
-- Blind spots: names in commits are claims unless signed; a listed person under a new name and address looks unlisted in a
-- file, and is not judged by the register. What the host itself committed (squash, rebase) and robots are NULL.
WITH published AS MATERIALIZED (
  SELECT 'commit' AS type, c.oid AS name, c.oid AS oid, c.at, 'Commit ' || substr(c.oid, 1, 10) AS what,
         CASE WHEN c.author_bot = 1 OR (c.committer_host = 1 AND c.parents < 2) THEN NULL
              WHEN c.committer_host = 1 THEN c.author ELSE c.committer END AS person
  FROM commits c WHERE c.first_parent = 1
  UNION ALL
  SELECT 'ref', t.name, t.target, t.at, t.label, t.tagger
  FROM tags t WHERE t.version IS NOT NULL AND t.at BETWEEN :since AND :now
), registered AS MATERIALIZED ( -- lists for this repository, or for all
  SELECT i.subject, i.approved_at FROM item_publisher_list i
  WHERE i.phase = 'in_force' AND i.approved
    AND (NOT EXISTS (SELECT 1 FROM item_publisher_list__repositories r WHERE r.subject = i.subject)
         OR EXISTS (SELECT 1 FROM item_publisher_list__repositories r JOIN recorded k ON k.subject = r.value WHERE r.subject = i.subject))
    AND EXISTS (SELECT 1 FROM item_publisher_list__publishers p WHERE p.subject = i.subject AND p.what = 'ref' AND p.person IS NOT NULL)
), entitled AS MATERIALIZED (
  SELECT k.person, max(coalesce(p.until + 86400, 9223372036854775807)) AS ends
  FROM registered i JOIN item_publisher_list__publishers p ON p.subject = i.subject AND p.what = 'ref' JOIN known_people k ON k.subject = p.person
  GROUP BY k.person
), list(usable) AS (
  SELECT sum(person IN (SELECT person FROM listed)) >= 10
         AND 2 * sum(person IN (SELECT person FROM listed)) >= count(person)
         AND (SELECT min(usable) FROM listed) FROM published
), judged AS (
  SELECT p.*, CASE WHEN p.person IS NULL THEN NULL
                   WHEN p.at >= (SELECT max(approved_at) FROM registered) AND p.person IN (SELECT person FROM known_people)
                     THEN coalesce((SELECT e.ends > p.at FROM entitled e WHERE e.person = p.person), 0)
                   WHEN coalesce(l.usable, 0) THEN p.person IN (SELECT person FROM listed) END AS ok
  FROM published p CROSS JOIN list l
), told AS (
  SELECT *, count(*) OVER (PARTITION BY person, ok) AS times,
         row_number() OVER (PARTITION BY person, ok ORDER BY at DESC, name) AS nth
  FROM judged
)
SELECT a.subject, p.ok AS ok, p.at AS at, NULL AS due, p.oid AS commit_oid, p.what AS what, p.times AS times
FROM asked a JOIN told p ON p.type = a.type AND p.name = a.name
WHERE a.type IN ('commit', 'ref') AND (p.ok IS NOT 0 OR p.nth = 1)
