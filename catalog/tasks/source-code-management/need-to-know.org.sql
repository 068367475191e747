-- Evidence: pushes to repositories with a gate that were scanned, files of any size, what commits and tags say, and names: keys and tokens, told by their
-- form or checksum, in files that programs read, which were not in those files before. A file that cannot be looked through is not called clean.
-- Blind spots: repositories without a gate; secrets without a form of their own, or packed (archives, encodings of encodings); what stands in tests,
-- documents, data and other people's code, but for tokens that carry a checksum; what was in the repository before its gate blocked it.
WITH spot AS (
  SELECT h.n, CASE WHEN h.found_in IS NULL THEN h.path || ':' || h.line || ' (' || h.rule || ')' END AS place, h.found_in, substr(h.object, 1, 12) AS object, h.line, h.rule,
         row_number() OVER (PARTITION BY h.n ORDER BY h.seq) AS nth FROM fact_push_hits h
), unread AS (
  SELECT u.n, min(u.path) AS path, u.why, count(*) AS files FROM fact_push_unread u GROUP BY u.n
)
SELECT r.ref AS subject, r.secrets = 0 AND u.n IS NULL AS ok, p.at AS at, NULL AS due, p.via AS via, r.secrets AS secrets, substr(r.after, 1, 12) AS tip,
       CASE WHEN r.secrets = 0 THEN 'it brings ' || u.path || ', which cannot be looked through for keys' || CASE WHEN u.files > 1 THEN ', and ' || (u.files - 1) || ' more' ELSE '' END
         ELSE 'it brings ' || r.secrets || ' keys or tokens, as in ' || CASE s.found_in WHEN 'message' THEN 'the message of commit ' || s.object || ', line ' || s.line || ' (' || s.rule || ')'
           WHEN 'header' THEN 'the head of commit ' || s.object || ' (' || s.rule || ')' WHEN 'tag' THEN 'the text of tag ' || s.object || ', line ' || s.line || ' (' || s.rule || ')'
           WHEN 'name' THEN 'the name of a file in commit ' || s.object || ' (' || s.rule || ')' ELSE coalesce(s.place, '–') END END AS what_en,
       CASE WHEN r.secrets = 0 THEN 'se tuo tiedoston ' || u.path || ', josta avaimia ei voi etsiä loppuun asti' || CASE WHEN u.files > 1 THEN ', ja muita tällaisia (' || (u.files - 1) || ')' ELSE '' END
         ELSE 'se tuo avaimia tai tunnisteita (' || r.secrets || '), kuten ' || CASE s.found_in WHEN 'message' THEN 'commitin ' || s.object || ' viestin rivillä ' || s.line || ' (' || s.rule || ')'
           WHEN 'header' THEN 'commitin ' || s.object || ' otsaketiedoissa (' || s.rule || ')' WHEN 'tag' THEN 'merkin ' || s.object || ' tekstin rivillä ' || s.line || ' (' || s.rule || ')'
           WHEN 'name' THEN 'tiedoston nimessä commitissa ' || s.object || ' (' || s.rule || ')' ELSE 'kohdassa ' || coalesce(s.place, '–') END END AS what_fi,
       CASE WHEN r.secrets = 0 THEN 'Split the file, or take out what repeats in it by the ten thousand; whoever may break glass can let it in as it is'
         WHEN s.found_in IN ('message', 'header') THEN 'Revoke it, and write the commit anew without it: git commit --amend for the newest, git rebase -i with reword for an earlier one'
         WHEN s.found_in = 'tag' THEN 'Revoke it, delete the tag (git tag -d) and make it anew with another text'
         WHEN s.found_in = 'name' THEN 'Revoke it, and give the file another name in the commit that brings it (git commit --amend, git rebase -i)'
         ELSE 'Take them out of the commits, revoke them, and read new ones from the environment or a secret store' END AS how_en,
       CASE WHEN r.secrets = 0 THEN 'Jaa tiedosto osiin tai poista siitä se, mikä toistuu kymmeniätuhansia kertoja. Ohituksen tekijä voi päästää sen läpi sellaisenaan'
         WHEN s.found_in IN ('message', 'header') THEN 'Mitätöi se ja kirjoita commit uudelleen ilman sitä: viimeisin komennolla git commit --amend, aiempi komennolla git rebase -i (reword)'
         WHEN s.found_in = 'tag' THEN 'Mitätöi se, poista merkki (git tag -d) ja tee se uudelleen toisella tekstillä'
         WHEN s.found_in = 'name' THEN 'Mitätöi se ja anna tiedostolle toinen nimi siinä commitissa, joka tuo sen (git commit --amend, git rebase -i)'
         ELSE 'Poista ne commiteista, mitätöi ne ja lue uudet ympäristöstä tai salaisuuksien hallinnasta' END AS how_fi
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n LEFT JOIN spot s ON s.n = r.n AND s.nth = 1 LEFT JOIN unread u ON u.n = r.n
WHERE r.act <> 'delete' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
