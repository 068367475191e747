-- Evidence: acceptances of the last year in the register, approved by somebody else than their writer: whether they say that
-- security was tested. And where definitions of done ask for it: what reached a protected branch of a repository with a gate has no
-- findings of static analysis, at or over a level, that the branch did not have, and its reviewers ticked the requirements of the ASVS that are named.
-- Blind spots: releases without an acceptance; repositories without a gate; how thorough the tests were; what an analysis does not look for, or suppresses.
SELECT i.subject AS subject, EXISTS (SELECT 1 FROM item_acceptance__checks c WHERE c.subject = i.subject AND c.value = 'security') AS ok,
       i.state_at AS at, NULL AS due, i.via AS via, i.approved AS approved,
       'The acceptance ' || i.name || coalesce(' of ' || i."release", '') || ' does not cover security' AS what_en,
       'Vastaanotto ' || i.name || coalesce(' (versio ' || i."release" || ')', '') || ' ei kata tietoturvaa' AS what_fi,
       'Test the security of the version, and tick it in the acceptance with its results' AS do_en,
       'Testaa version tietoturva, ja merkitse se vastaanottoon tuloksineen' AS do_fi
FROM item_acceptance i WHERE i.phase = 'in_force' AND i.state_at >= :since
UNION ALL
SELECT c.ref, coalesce(c.found <= c.wanted, 0), p.at, NULL, p.via, 0,
       CASE WHEN c.found IS NULL THEN CASE c.why WHEN 'no_evidence' THEN 'No evidence of static analysis is there for this content'
                                                 ELSE 'The evidence of static analysis cannot be compared (' || coalesce(c.why, '') || ')' END
            ELSE c.found || CASE c.found WHEN 1 THEN ' new finding' ELSE ' new findings' END || ' of static analysis at level ' || c.level || ' or over' ||
              CASE c.why WHEN 'not_compared' THEN ' (there is no analysis of the branch to compare with, so all count)' ELSE '' END END,
       CASE WHEN c.found IS NULL THEN CASE c.why WHEN 'no_evidence' THEN 'Tästä sisällöstä ei ole staattisen analyysin näyttöä'
                                                 ELSE 'Staattisen analyysin näyttöä ei voi verrata (' || coalesce(c.why, '') || ')' END
            ELSE c.found || CASE c.found WHEN 1 THEN ' uusi staattisen analyysin havainto' ELSE ' uutta staattisen analyysin havaintoa' END ||
              ' vähintään tasolla ' ||
              CASE c.level WHEN 'error' THEN 'virhe' WHEN 'warning' THEN 'varoitus' ELSE 'huomautus' END || CASE c.why WHEN 'not_compared' THEN ' (haarasta ei ole analyysia, johon verrata, joten kaikki lasketaan)' ELSE '' END END,
       'Mend them, or analyse this content and hand in the SARIF: sinetti evidence add REPORT --commit ID',
       'Korjaa ne, tai analysoi tämä sisältö ja toimita SARIF: sinetti evidence add RAPORTTI --commit ID'
FROM fact_push_checks c JOIN fact_push p ON p.n = c.n WHERE c.what = 'findings' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
UNION ALL
SELECT c.ref, c.found >= c.wanted, p.at, NULL, p.via, 0,
       (c.wanted - c.found) || ' of ' || c.wanted || ' ASVS requirements of the definition of done ' || CASE c.wanted - c.found WHEN 1 THEN 'is' ELSE 'are' END || ' ticked by nobody whose approval counts',
       (c.wanted - c.found) || '/' || c.wanted || ' valmiin määritelmän ASVS-vaatimuksesta on merkitsemättä: kukaan, jonka hyväksyntä lasketaan, ei ole tarkistanut niitä',
       'Check them in the change, and tick them when you approve it',
       'Tarkista ne muutoksesta, ja merkitse ne hyväksyessäsi sen'
FROM fact_push_checks c JOIN fact_push p ON p.n = c.n WHERE c.what = 'asvs' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
