-- Evidence: pushes to repositories with a gate: whoever made them had the right to write there at that moment (always held to where the program keeps them itself); and where a branch's
-- protection wants signatures, each commit and tag carries one, by a key that was then its committer's here.
-- Blind spots: repositories without a gate; branches that ask for no signatures; a key that somebody else could use.
WITH words(why, en, fi) AS (
  VALUES ('none', 'it carries none', 'siinä ei ole allekirjoitusta'),
         ('bad', 'what it carries is not of this content', 'allekirjoitus ei ole tästä sisällöstä'),
         ('unknown', 'nobody here has its key', 'avain ei ole kenenkään täällä'),
         ('other', 'its key is another person''s than its committer''s', 'avain on muun kuin commitin tekijän'),
         ('may_not', 'whoever signed may not write here', 'allekirjoittajalla ei ole kirjoitusoikeutta'),
         ('expired', 'its key has expired', 'avain on vanhentunut'),
         ('unsupported', 'it is of a kind that is not read here', 'sen laatua ei tueta täällä'),
         ('remade', 'the server made it from commits that were not asked for their signatures', 'palvelin teki sen commiteista, joilta ei vaadittu allekirjoitusta')
)
SELECT r.ref AS subject, r.may AS ok, p.at AS at, NULL AS due, p.via AS via, substr(r.after, 1, 12) AS tip,
       'it was written by somebody without the right' AS what_en, 'siihen kirjoitti joku ilman oikeutta' AS what_fi,
       'Give the person a role that may write in this project, or take the ref back' AS how_en,
       'Anna henkilölle rooli, jolla saa kirjoittaa tässä projektissa, tai palauta viite' AS how_fi
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
UNION ALL
SELECT s.ref, s.wanting = 0, p.at, NULL, p.via, substr(coalesce(s.first, ''), 1, 12),
       s.wanting || CASE s.wanting WHEN 1 THEN ' commit or tag is' ELSE ' commits or tags are' END || ' not signed by its committer, as ' || substr(coalesce(s.first, ''), 1, 12) || ': '
         || coalesce(w.en, ''),
       s.wanting || CASE s.wanting WHEN 1 THEN ' commit tai merkki' ELSE ' commitia tai merkkiä' END || ' ilman tekijänsä allekirjoitusta, kuten ' || substr(coalesce(s.first, ''), 1, 12) || ': '
         || coalesce(w.fi, ''),
       'Add your key under My account, set gpg.format to ssh and user.signingKey to the key, sign anew by git rebase --exec "git commit --amend --no-edit -S" (a tag: git tag -s), and push again',
       'Lisää avaimesi omiin tietoihin, aseta gpg.format=ssh ja user.signingKey, allekirjoita uudelleen: git rebase --exec "git commit --amend --no-edit -S" (merkki: git tag -s), ja työnnä uudelleen'
FROM fact_push_signatures s JOIN fact_push p ON p.n = s.n LEFT JOIN words w ON w.why = s.why
WHERE p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = s.n AND y.ref = s.ref)
