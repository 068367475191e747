-- Evidence: pushes and publications to protected branches of repositories with a gate that touch critical code, as a definition of the register or
-- CODEOWNERS had it before the push: as many of its owners as are wanted, none of whom had a part in the change, have approved it with
-- every line of the checklist ticked.
-- Blind spots: repositories without a gate; code nobody calls critical; copies that were edited on the way; whether an owner has read what they approved.
SELECT c.ref AS subject, c.approvals >= c.wanted AS ok, p.at AS at, NULL AS due, p.via AS via, c.path AS path,
       CASE WHEN c.files > 1 THEN ' (and ' || (c.files - 1) || ' more)' ELSE '' END AS more_en,
       CASE WHEN c.files > 1 THEN ' (ja ' || (c.files - 1) || ' muuta)' ELSE '' END AS more_fi,
       coalesce('CRI-' || i.number || ' ' || i.title, c.source || coalesce(', line ' || c.line, '')) AS name_en,
       coalesce('CRI-' || i.number || ' ' || i.title, c.source || coalesce(', rivi ' || c.line, '')) AS name_fi,
       CASE WHEN c.unticked THEN 'an owner approved without its whole checklist' WHEN c.known = 0 THEN 'none of the owners named there is known here'
            WHEN c.wanted > 1 THEN c.approvals || ' of ' || c.wanted || ' owners have approved' ELSE 'none of its owners has approved' END AS what_en,
       CASE WHEN c.unticked THEN 'omistaja hyväksyi ilman koko tarkistuslistaa' WHEN c.known = 0 THEN 'ketään siellä nimetyistä omistajista ei tunneta täällä'
            WHEN c.wanted > 1 THEN 'omistajista on hyväksynyt ' || c.approvals || '/' || c.wanted ELSE 'kukaan sen omistajista ei ole hyväksynyt' END AS what_fi,
       CASE WHEN c.owners = 0 THEN 'nobody named can approve it: name another owner in the register Critical code, or in CODEOWNERS, or break glass'
            ELSE 'one of these approves it, with the checklist where there is one: '
              || coalesce((SELECT group_concat(n.name, ', ') FROM (SELECT h.name FROM fact_push_owners e JOIN fact_person h ON h.subject = e.value WHERE e.n = c.n AND e.critical = c.seq ORDER BY h.name) n), '–') END AS fix_en,
       CASE WHEN c.owners = 0 THEN 'kukaan nimetyistä ei voi hyväksyä: nimeä toinen omistaja kriittisen koodin rekisteriin tai CODEOWNERS-tiedostoon, tai käytä ohitusta'
            ELSE 'joku näistä hyväksyy sen, tarkistuslistan kanssa jos sellainen on: '
              || coalesce((SELECT group_concat(n.name, ', ') FROM (SELECT h.name FROM fact_push_owners e JOIN fact_person h ON h.subject = e.value WHERE e.n = c.n AND e.critical = c.seq ORDER BY h.name) n), '–') END AS fix_fi
FROM fact_push_critical c JOIN fact_push p ON p.n = c.n LEFT JOIN fact_record i ON i.subject = c.source
WHERE p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
