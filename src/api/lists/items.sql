-- Items of one register. The view `items_now` is of src/facts/joined.sql.
-- Sorts: -number, title, -at
-- Key: number
-- Filters: given
SELECT r.subject, r.number, r.title, r.state, r.phase, nullif(r.owner, '') AS owner, p.name AS owner_name, r.version, r.at, r.state_at, r.approved_at,
  r.review_due
FROM items_now r LEFT JOIN fact_person p ON p.subject = r.owner
WHERE r.kind = :register
  AND (:state IS NULL OR r.state = :state)
  AND (:phase IS NULL OR r.phase = :phase)
  AND (:owner IS NULL OR r.owner = :owner)
  AND (:overdue IS NULL OR (r.review_due IS NOT NULL AND r.review_due < :now) = :overdue)
  AND (:shows IS NULL OR r.n IN (SELECT n FROM fact_record_shows WHERE value = :shows))
  AND (:q IS NULL OR instr(r.low, lower(:q)))
