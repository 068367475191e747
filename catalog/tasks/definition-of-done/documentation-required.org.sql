-- Evidence: definitions of done in force in the register, approved by somebody else than their writer, within their review.
-- Blind spots: whether the criteria are followed.
SELECT i.subject AS subject, CASE WHEN i.review_due <= :now OR i.documentation IS NULL THEN 0 ELSE 1 END AS ok, i.state_at AS at,
       i.review_due AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.documentation IS NULL THEN 'does not say what must be documented' ELSE 'is past its review' END AS what_en,
       CASE WHEN i.documentation IS NULL THEN 'ei kerro, mitä on dokumentoitava' ELSE 'on jäänyt katselmoimatta' END AS what_fi
FROM item_definition_of_done i WHERE i.phase = 'in_force'
