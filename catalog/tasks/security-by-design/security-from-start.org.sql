-- Evidence: projects of the register that have begun: within 30 days each has approved security requirements and an approved threat model that
-- it links to, both in force.
-- Blind spots: projects that nobody registered; whether requirements and model are any good is their approver's word.
WITH linked AS (
  SELECT p.subject, p.name, p.title, p.via, p.start, p.start + 31 * 86400 AS grace,
    EXISTS (SELECT 1 FROM item_project__requirements l JOIN item_security_requirement r ON r.subject = l.value WHERE l.subject = p.subject AND r.phase = 'in_force' AND r.approved = 1) AS required,
    EXISTS (SELECT 1 FROM item_project__threat_models l JOIN item_design d ON d.subject = l.value WHERE l.subject = p.subject AND d.phase = 'in_force' AND d.approved = 1) AS modelled
  FROM item_project p WHERE p.phase <> 'closed' AND p.start <= :now
)
SELECT l.subject AS subject, CASE WHEN l.required AND l.modelled THEN 1 WHEN l.grace <= :now THEN 0 END AS ok,
       CASE WHEN l.required AND l.modelled THEN l.start WHEN l.grace <= :now THEN l.grace ELSE l.start END AS at, NULL AS due,
       CASE WHEN NOT (l.required AND l.modelled) AND l.grace > :now THEN l.grace END AS changes_at,
       l.via AS via, l.required AND l.modelled AS approved, l.name AS name, l.title AS title, l.start AS start_at,
       CASE WHEN l.required THEN 'threat model' WHEN l.modelled THEN 'security requirements' ELSE 'security requirements and threat model' END AS what_en,
       CASE WHEN l.required THEN 'uhkamalli' WHEN l.modelled THEN 'tietoturvavaatimukset' ELSE 'tietoturvavaatimukset ja uhkamalli' END AS what_fi
FROM linked l
