-- Evidence: releases of the last year in the release log, approved by somebody else than their writer: what they say of the
-- users' instructions. And where definitions of done ask for it: what reached a protected branch of a repository with a gate
-- touches what is to follow the files that changed.
-- Blind spots: releases that are not in the log; repositories without a gate; whether the texts are good.
SELECT i.subject AS subject, i.instructions AS ok, i.released AS at, NULL AS due, i.via AS via, i.approved AS approved,
       'Release ' || i.version || ' (' || i.name || ', ' || i.title || ') went out and its users'' instructions were not brought up to date' AS what_en,
       'Versio ' || i.version || ' (' || i.name || ', ' || i.title || ') julkaistiin, mutta käyttöohjeita ei ole päivitetty' AS what_fi,
       'Bring users'' instructions up to date before a version is released, and say so in its entry' AS do_en,
       'Päivitä käyttöohjeet ennen version julkaisua ja merkitse se kirjaukseen' AS do_fi
FROM item_release i WHERE i.phase = 'in_force' AND i.released BETWEEN :since AND :now
UNION ALL
SELECT c.ref, c.total = 0 OR c.found >= c.wanted, p.at, NULL, p.via, 0,
       c.total || CASE c.total WHEN 1 THEN ' file changed' ELSE ' files changed' END || ' and users'' instructions did not',
       c.total || CASE c.total WHEN 1 THEN ' tiedosto muuttui' ELSE ' tiedostoa muuttui' END || ', mutta käyttöohjeet eivät',
       'Bring them up to date in the same change: the definition of done says where',
       'Päivitä ne samassa muutoksessa: valmiin määritelmässä sanotaan, missä'
FROM fact_push_checks c JOIN fact_push p ON p.n = c.n WHERE c.what = 'instructions' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
