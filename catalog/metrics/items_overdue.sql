-- Evidence: approvals and reviews of items in registers.
-- Blind spots: whether a review was more than a click.
SELECT subject, title AS name, review_due < :day AS part, 1 AS whole, review_due AS at
FROM items WHERE phase = 'in_force' AND review_due IS NOT NULL
