-- Evidence: projects of the register, at the step they stand at: design and later have approved security requirements, development and later an
-- approved threat model, what is published an approved acceptance.
-- Blind spots: projects that nobody registered; criteria that the process asks for besides these.
WITH steps AS (
  SELECT p.subject, p.name, p.title, p.via, p.state, p.state_at, CASE p.state WHEN 'training' THEN 0 WHEN 'requirements' THEN 1 WHEN 'design' THEN 2 WHEN 'development' THEN 3
      WHEN 'testing' THEN 4 ELSE 5 END AS step,
    EXISTS (SELECT 1 FROM item_project__requirements l JOIN item_security_requirement r ON r.subject = l.value WHERE l.subject = p.subject AND r.phase = 'in_force' AND r.approved = 1) AS required,
    EXISTS (SELECT 1 FROM item_project__threat_models l JOIN item_design d ON d.subject = l.value WHERE l.subject = p.subject AND d.phase = 'in_force' AND d.approved = 1) AS modelled,
    EXISTS (SELECT 1 FROM item_project__acceptance l JOIN item_acceptance a ON a.subject = l.value WHERE l.subject = p.subject AND a.phase = 'in_force' AND a.approved = 1) AS accepted
  FROM item_project p WHERE p.phase <> 'closed'
), judged AS (
  SELECT s.*, s.step >= 2 AND NOT s.required AS no_requirements, s.step >= 3 AND NOT s.modelled AS no_model, s.step >= 5 AND NOT s.accepted AS no_acceptance FROM steps s
)
SELECT j.subject AS subject, CASE WHEN j.no_requirements OR j.no_model OR j.no_acceptance THEN 0 WHEN j.step >= 2 THEN 1 END AS ok, j.state_at AS at, NULL AS due,
       j.via AS via, j.step >= 2 AS approved, j.name AS name, j.title AS title,
       CASE WHEN j.no_requirements THEN 'approved security requirements' WHEN j.no_model THEN 'an approved threat model' ELSE 'an approved acceptance' END AS what_en,
       CASE WHEN j.no_requirements THEN 'hyväksytyt tietoturvavaatimukset' WHEN j.no_model THEN 'hyväksytty uhkamalli' ELSE 'hyväksytty julkaisun hyväksyntä' END AS what_fi
FROM judged j
