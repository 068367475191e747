-- Evidence: metrics of the register that are in force and approved: each has an owner who has not left, and is within its review.
-- Blind spots: metrics that nobody registered; whether the owner follows the figure is seen from management reviews alone.
SELECT i.subject AS subject, p.state IS 'active' AND (i.review_due IS NULL OR i.review_due > :now) AS ok,
       CASE WHEN p.state IS NOT 'active' THEN max(i.state_at, coalesce(p.at, 0)) WHEN i.review_due <= :now THEN i.review_due ELSE i.state_at END AS at,
       CASE WHEN i.review_due > :now THEN i.review_due END AS due, i.via AS via, 1 AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.owner IS NULL THEN 'has no owner' WHEN p.state IS NOT 'active' THEN 'belongs to somebody who has left'
            ELSE 'is past its review' END AS what_en,
       CASE WHEN i.owner IS NULL THEN 'omistajaa ei ole' WHEN p.state IS NOT 'active' THEN 'omistaja on lähtenyt'
            ELSE 'katselmointi on myöhässä' END AS what_fi
FROM item_metric i LEFT JOIN fact_person p ON p.subject = i.owner
WHERE i.phase = 'in_force' AND i.approved = 1
