-- Evidence: pushes and publications to protected branches of repositories with a gate for which the register says when they may come: they came while the
-- window was open and nothing was frozen, or in an emergency that was decided on (and is reviewed afterwards: change-management).
-- Blind spots: repositories without a gate; branches no item of the register speaks of; deployments.
SELECT t.ref AS subject, t.state = 'open' OR t.emergency IS NOT NULL AS ok, p.at AS at, NULL AS due, p.via AS via,
       'PTI-' || i.number || ' ' || i.title AS name, coalesce(t.opens_text, 'at no time within a year') AS opens_en,
       coalesce(t.opens_text, 'ei vuoden sisällä') AS opens_fi,
       CASE t.state WHEN 'frozen' THEN 'everything is frozen now' ELSE 'code is not published at this time' END AS what_en,
       CASE t.state WHEN 'frozen' THEN 'julkaisut on jäädytetty' ELSE 'tähän aikaan ei julkaista' END AS what_fi
FROM fact_push_times t JOIN fact_push p ON p.n = t.n LEFT JOIN fact_record i ON i.subject = t.source
WHERE p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = t.n AND y.ref = t.ref)
