-- Evidence: who put a change on the branch (merged or applied it) and who made a version tag, against the people that a
-- MAINTAINERS, CODEOWNERS or governance file names. A list is used when it names people by name or address, holds no
-- teams or accounts, and covers at least half of the period's publications and ten of them. An unlisted publisher is
-- told of once, by their newest publication.
-- Blind spots: names in commits are claims unless signed; a listed person under a new name and address looks unlisted.
-- What the host itself committed (squash, rebase) and robots are NULL.
WITH published AS MATERIALIZED (
  SELECT 'commit' AS type, c.oid AS name, c.oid AS oid, c.at, 'Commit ' || substr(c.oid, 1, 10) AS what,
         CASE WHEN c.author_bot = 1 OR (c.committer_host = 1 AND c.parents < 2) THEN NULL
              WHEN c.committer_host = 1 THEN c.author ELSE c.committer END AS person
  FROM commits c WHERE c.first_parent = 1
  UNION ALL
  SELECT 'ref', t.name, t.target, t.at, t.label, t.tagger
  FROM tags t WHERE t.version IS NOT NULL AND t.at BETWEEN :since AND :now
), told AS (
  SELECT *, person IN (SELECT person FROM listed) AS on_list, count(*) OVER (PARTITION BY person) AS times,
         row_number() OVER (PARTITION BY person ORDER BY at DESC, name) AS nth
  FROM published
), list(usable) AS (
  SELECT sum(person IN (SELECT person FROM listed)) >= 10
         AND 2 * sum(person IN (SELECT person FROM listed)) >= count(person)
         AND (SELECT min(usable) FROM listed) FROM published
)
SELECT a.subject,
       CASE WHEN NOT coalesce(l.usable, 0) OR p.person IS NULL THEN NULL ELSE p.on_list END AS ok,
       p.at AS at, NULL AS due, p.oid AS commit_oid, p.what AS what, p.times AS times
FROM asked a JOIN told p ON p.type = a.type AND p.name = a.name CROSS JOIN list l
WHERE a.type IN ('commit', 'ref') AND (p.nth = 1 OR p.person IS NULL OR p.on_list OR NOT coalesce(l.usable, 0))
