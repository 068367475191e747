-- Evidence: risks in force in the register, approved by somebody else than their writer: each is to be within its review.
-- Blind spots: risks that nobody registered.
SELECT i.subject AS subject, CASE WHEN i.review_due <= :now THEN 0 ELSE 1 END AS ok,
       CASE WHEN i.review_due <= :now THEN i.review_due ELSE i.state_at END AS at, i.review_due AS due,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, i.review_due AS review_at
FROM item_risk i WHERE i.phase = 'in_force'
