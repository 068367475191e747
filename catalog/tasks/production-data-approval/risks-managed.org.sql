-- Evidence: information taken into tests, as the register of copies has it: the risks and their treatment are written down in
-- the version that was approved.
-- Blind spots: copies that nobody registered; whether the treatment is enough.
SELECT i.subject AS subject, CASE WHEN i.risks IS NULL THEN 0 ELSE 1 END AS ok, i.state_at AS at, NULL AS due, i.via AS via,
       EXISTS (SELECT 1 FROM record_steps s WHERE s.subject = i.subject AND s.current AND s.approves) AS approved, i.name AS name, i.title AS title
FROM item_data_copy i WHERE i.state IN ('approved', 'removed', 'destroyed')
