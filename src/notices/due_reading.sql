-- Items of the kind :kind in force that a person has not accepted as they are. :person.
SELECT r.subject, r.title, r.n FROM records r WHERE r.kind = :kind AND r.phase = 'in_force'
  AND NOT EXISTS (SELECT 1 FROM fact_step s WHERE s.subject = r.subject AND s.step = 'acceptance' AND s.actor = :person AND s.digest = r.digest)
