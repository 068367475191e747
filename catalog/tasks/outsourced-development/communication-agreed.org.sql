-- Evidence: partners confirmed in the register, within their review, and the channels agreed with each.
-- Blind spots: partners that nobody registered; whether the channels are used.
SELECT i.subject AS subject, CASE WHEN i.review_due <= :now THEN 0 ELSE EXISTS (SELECT 1 FROM item_partner__channels c WHERE c.subject = i.subject) END AS ok,
       i.state_at AS at, i.review_due AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.review_due <= :now THEN 'is past its review' ELSE 'names no channel' END AS what_en,
       CASE WHEN i.review_due <= :now THEN 'on jäänyt katselmoimatta' ELSE 'ei nimeä yhteydenpidon kanavia' END AS what_fi
FROM item_partner i WHERE i.phase = 'in_force'
