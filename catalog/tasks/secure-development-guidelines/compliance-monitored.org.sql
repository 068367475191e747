-- Evidence: guidelines in force: each person with the role Developer has accepted the version that stands there, within 30 days of its approval
-- or of getting the role. And where a guideline names requirement points that show whether it is followed: the repositories it covers, as they were judged last within
-- the period, violate none of them.
-- Blind spots: whether who accepted has read; people who work without a role here; guidelines that name no points; what of a guideline no point tells.
WITH asked AS (
  SELECT person, min(at) AS since FROM role_holders WHERE role = 'developer' AND (until IS NULL OR until > :now) GROUP BY person
), pairs AS (
  SELECT g.subject, g.name, g.title, g.via, g.approved_at, max(a.since, g.approved_at) + 30 * 86400 AS grace,
         EXISTS (SELECT 1 FROM record_steps s WHERE s.subject = g.subject AND s.step = 'acceptance' AND s.current AND s.actor = a.person) AS accepted
  FROM item_guideline g JOIN asked a WHERE g.phase = 'in_force' AND g.approved = 1
), judged AS (
  SELECT v.subject AS repository, v.n, v.at, v.via FROM fact_verdicts v
  WHERE v.at >= :since AND v.at <= :now AND v.n = (SELECT max(l.n) FROM fact_verdicts l WHERE l.subject = v.subject AND l.at <= :now)
), followed AS (
  SELECT j.repository, j.at, j.via, g.name, g.title, p.obligation, p.verdict = 'violated' AS broken
  FROM item_guideline g JOIN item_guideline__repositories c ON c.subject = g.subject JOIN item_guideline__practices w ON w.subject = g.subject
  JOIN judged j ON j.repository = c.value JOIN fact_verdicts_points p ON p.n = j.n AND p.obligation = substr(w.value, 12)
  WHERE g.phase = 'in_force' AND g.approved = 1 AND p.verdict IN ('violated', 'at_risk', 'partly_met', 'met', 'treated')
)
SELECT p.subject AS subject,
       CASE WHEN sum(NOT p.accepted AND p.grace <= :now) > 0 THEN 0 WHEN sum(NOT p.accepted) = 0 THEN 1 END AS ok,
       coalesce(min(CASE WHEN NOT p.accepted AND p.grace <= :now THEN p.grace END), p.approved_at) AS at, NULL AS due,
       min(CASE WHEN NOT p.accepted AND p.grace > :now THEN p.grace END) AS changes_at, p.via AS via, 1 AS approved, p.name AS name, p.title AS title,
       sum(NOT p.accepted AND p.grace <= :now) AS missing, count(*) AS people,
       sum(NOT p.accepted AND p.grace <= :now) || ' of ' || count(*) || ' developers have not accepted the guideline ' || p.name || ' (' || p.title || ') within 30 days' AS what_en,
       'Ohjetta ' || p.name || ' (' || p.title || ') ei ole hyväksynyt 30 päivässä ' || sum(NOT p.accepted AND p.grace <= :now) || '/' || count(*) || ' kehittäjästä' AS what_fi,
       'Ask those who are missing to read ' || p.name || ' in the Guidebook; if it does not concern them, say so in the guideline or take the role away' AS do_en,
       'Pyydä puuttuvia lukemaan ' || p.name || ' Ohjekirjassa; jos ohje ei koske heitä, rajaa ohjetta tai poista rooli' AS do_fi
FROM pairs p GROUP BY p.subject
UNION ALL
SELECT f.repository, NOT max(f.broken), max(f.at), NULL, NULL, max(f.via), 1, min(CASE WHEN f.broken THEN f.name END), min(CASE WHEN f.broken THEN f.title END), sum(f.broken), count(*),
       'The repository ' || r.name || ' does not follow ' || coalesce(min(CASE WHEN f.broken THEN f.name END), '') || ': it violates ' || coalesce(min(CASE WHEN f.broken THEN f.obligation END), '') ||
         CASE WHEN sum(f.broken) > 1 THEN ' and more (' || sum(f.broken) || ' in all)' ELSE '' END,
       'Repositorio ' || r.name || ' ei noudata ohjetta ' || coalesce(min(CASE WHEN f.broken THEN f.name END), '') || ': se rikkoo kohtaa ' || coalesce(min(CASE WHEN f.broken THEN f.obligation END), '') ||
         CASE WHEN sum(f.broken) > 1 THEN ' ja muita (yhteensä ' || sum(f.broken) || ')' ELSE '' END,
       'Work as the guideline says, or take the repository out of what it covers',
       'Toimi ohjeen mukaan, tai rajaa repositorio ohjeen ulkopuolelle'
FROM followed f JOIN fact_repository r ON r.subject = f.repository AND r.state = 'active' GROUP BY f.repository
