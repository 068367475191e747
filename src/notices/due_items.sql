-- Items of registers a person owns, that are not closed: their review, and what they hold. :person.
SELECT r.subject, r.kind, r.title, r.state, f.content, CASE WHEN r.phase = 'in_force' THEN r.review_due END AS review_due
FROM fact_record f JOIN records r ON r.subject = f.subject WHERE f.owner = :person AND r.phase <> 'closed'
