-- Evidence: commits that change code whose path says that it is security-critical, or are marked as breaking, and
-- whether they name an issue or came through a numbered change request. One without counts against it where at least 80
-- % of the commits, and ten, have one. Where the register of changes covers the repository, from its first such entry on, also
-- commits that add a database migration, change infrastructure as code or take up a new major version of a dependency;
-- then an entry that was made or approved is asked for, which names the commit, its change request or its issue, or is named by it.
-- Blind spots: what the issue says; requests made on a mailing list or an unnumbered merge; critical code whose path
-- does not show it; large changes of other code. What the host, another person or a rebase landed may have lost its number
-- on the way, an issue may be named below the subject line, and an entry of those weeks may name nothing (NULL).
WITH work AS MATERIALIZED (
  SELECT c.oid, c.issue_refs > 0 OR c.change_number IS NOT NULL OR m.change_number IS NOT NULL
      OR EXISTS (SELECT 1 FROM trailers t WHERE t.commit_oid = c.oid
                 AND t.key IN ('change-id', 'reviewed-on', 'pr-url', 'link', 'issue', 'bug')) AS named,
      coalesce(c.change_number, m.change_number) AS number, coalesce(m.oid, c.oid) AS landed,
      ' ' || lower(c.subject_line) || ' ' || lower(coalesce(m.subject_line, '')) || ' ' AS subject
  FROM commits c LEFT JOIN commits m ON m.oid = c.landed_by AND m.oid <> c.oid
  WHERE c.parents = 1 AND c.is_revert = 0 AND (c.author_bot = 0 AND c.code_paths > 0
    OR EXISTS (SELECT 1 FROM item_change__repositories r JOIN recorded k ON k.subject = r.value))
), practice AS (
  SELECT count(*) AS commits, coalesce(sum(w.named), 0) AS named FROM work w JOIN commits c ON c.oid = w.oid
  WHERE c.author_bot = 0 AND c.code_paths > 0
), entry AS MATERIALIZED ( -- changes of the register that cover this repository
  SELECT i.subject, i.name, i.created_at, coalesce(i.done_at, i.state_at) AS made,
         i.state IN ('approved', 'done', 'emergency') AS counts,
         EXISTS (SELECT 1 FROM item_change__references f WHERE f.subject = i.subject) AS names
  FROM item_change i WHERE i.phase <> 'closed'
    AND EXISTS (SELECT 1 FROM item_change__repositories r JOIN recorded k ON k.subject = r.value WHERE r.subject = i.subject)
), covered(since) AS (SELECT min(created_at) FROM entry WHERE counts),
bump AS ( -- "Bump x from 1.9.0 to 2.0.0": the numbers behind the last two words
  SELECT w.oid, ltrim(substr(w.subject, instr(w.subject, ' from ') + 6), 'v^~=') AS old,
         ltrim(substr(w.subject, instr(w.subject, ' to ') + 4), 'v^~=') AS new
  FROM work w
  WHERE instr(w.subject, ' from ') > 0 AND instr(w.subject, ' to ') > instr(w.subject, ' from ')
    AND (instr(w.subject, 'bump') > 0 OR instr(w.subject, 'upgrade') > 0 OR instr(w.subject, 'update') > 0)
), sign AS (
  SELECT oid, 1 AS rank, path, 'changes security-critical code (' || path || ')' AS en,
         'muuttaa tietoturvakriittistä koodia (' || path || ')' AS fi, 1 AS always
  FROM (SELECT x.commit_oid AS oid, min(x.path) AS path FROM files f CROSS JOIN changes x ON x.path = f.path
        WHERE f.critical_hint IS NOT NULL AND f.class = 'code' GROUP BY x.commit_oid)
  UNION ALL
  SELECT oid, 2, NULL, 'is marked as breaking', 'on merkitty yhteensopivuuden rikkovaksi', 1 FROM commits WHERE breaking = 1
  UNION ALL
  SELECT x.commit_oid, 3, min(x.path), 'adds a database migration (' || min(x.path) || ')',
         'lisää tietokantamigraation (' || min(x.path) || ')', 0
  FROM migrations g JOIN changes x ON x.path = g.path AND x.status = 'A' GROUP BY x.commit_oid
  UNION ALL
  SELECT x.commit_oid, 4, min(x.path), 'changes infrastructure (' || min(x.path) || ')', 'muuttaa infrastruktuuria (' || min(x.path) || ')', 0
  FROM changes x
  WHERE x.class NOT IN ('test', 'doc', 'vendored', 'generated')
    AND (x.path LIKE '%.tf' OR x.path LIKE '%.bicep' OR lower(x.path) LIKE '%pulumi.yaml'
         OR x.path LIKE '%/templates/%.yaml' AND x.path LIKE '%charts/%' OR x.path LIKE 'k8s/%.yaml' OR x.path LIKE '%/k8s/%.yaml'
         OR x.path LIKE '%/kustomization.yaml' OR x.path LIKE '%playbooks/%.yml' OR x.path LIKE 'roles/%/tasks/%.yml')
    AND lower(x.path) NOT LIKE '%example%' AND lower(x.path) NOT LIKE '%test%'
  GROUP BY x.commit_oid
  UNION ALL
  SELECT b.oid, 5, NULL, 'takes up a new major version of a dependency', 'ottaa käyttöön riippuvuuden uuden pääversion', 0
  FROM bump b
  WHERE b.old GLOB '[0-9]*.[0-9]*' AND b.new GLOB '[0-9]*.[0-9]*' AND CAST(b.new AS INTEGER) > CAST(b.old AS INTEGER)
    AND CAST(b.new AS INTEGER) < 1000
), significant AS MATERIALIZED (
  SELECT oid, path, en, fi, max(always) OVER (PARTITION BY oid) AS always, row_number() OVER (PARTITION BY oid ORDER BY rank) AS nth
  FROM sign
), judged AS (
  SELECT s.oid, s.path, s.en, s.fi, w.named, c.at, c.author_bot = 0 AND c.code_paths > 0 AND s.always AS by_practice,
    c.at >= v.since AS covered,
    v.since IS NOT NULL AND EXISTS (
      SELECT 1 FROM entry e WHERE e.counts AND (instr(w.subject, ' ' || lower(e.name) || ' ') > 0
        OR instr(w.subject, lower(e.name) || ':') > 0 OR instr(w.subject, lower(e.name) || ')') > 0 OR instr(w.subject, lower(e.name) || ']') > 0
        OR instr(w.subject, lower(e.name) || ',') > 0
        OR EXISTS (
          SELECT 1 FROM item_change__references f
          WHERE f.subject = e.subject AND (
            length(trim(f.value)) >= 7 AND (s.oid LIKE lower(trim(f.value)) || '%' OR w.landed LIKE lower(trim(f.value)) || '%')
            OR trim(f.value, ' #!') = CAST(w.number AS TEXT)
            OR length(trim(f.value)) >= 2 AND w.subject GLOB '*[^a-z0-9]' || lower(trim(f.value)) || '[^a-z0-9]*')))) AS recorded,
    c.issue_refs > 0 OR c.committer_host = 1 AND w.number IS NULL
      OR EXISTS (SELECT 1 FROM entry e WHERE NOT e.names AND abs(e.made - c.at) <= 30 * 86400) AS unsure
  FROM significant s JOIN work w ON w.oid = s.oid JOIN commits c ON c.oid = s.oid CROSS JOIN covered v
  WHERE s.nth = 1 AND (s.always OR c.at >= v.since)
)
SELECT c.subject,
       CASE WHEN j.covered AND j.recorded THEN 1 WHEN j.covered THEN CASE WHEN j.unsure THEN NULL ELSE 0 END
            WHEN j.named THEN 1 WHEN c.committer_host = 1 OR c.rewritten OR c.committer <> c.author THEN NULL
            WHEN p.named >= 10 AND 10 * p.named >= 8 * p.commits THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
       j.path AS path, j.en AS why_en, j.fi AS why_fi,
       CASE WHEN j.covered THEN 'no change of the register names it, nor it any'
            ELSE 'names no issue and no change request, although ' || (100 * p.named / p.commits) || ' % of changes do' END AS lacks_en,
       CASE WHEN j.covered THEN 'mikään rekisterin muutos ei nimeä sitä, eikä se mitään muutosta'
            ELSE 'ei viittaa tehtävään eikä muutospyyntöön, vaikka muutoksista ' || (100 * p.named / p.commits) || ' % viittaa' END AS lacks_fi, 100 * p.named / p.commits AS share
FROM asked a JOIN judged j ON j.oid = a.name JOIN commits c ON c.oid = j.oid CROSS JOIN practice p
WHERE a.type = 'commit' AND (j.covered OR j.by_practice)
