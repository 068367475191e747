-- Reviews of items in force, by when they come due.
-- Sorts: review_due
-- Key: subject
-- Filters: given
SELECT r.subject, r.kind AS register, r.number, r.title, nullif(r.owner, '') AS owner, p.name AS owner_name, r.review_due
FROM items_now r LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.review_due IS NOT NULL
  AND (:owner IS NULL OR r.owner = :owner)
