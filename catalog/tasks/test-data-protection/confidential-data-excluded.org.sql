-- Evidence: confirmed sources of test data: made or public data and masked data without confidential information are fine; production data with it is not.
-- Blind spots: sources that nobody registered; whether masked data can be traced back.
SELECT t.subject AS subject,
       CASE WHEN t.confidential = 0 THEN 1 WHEN t.confidential = 1 AND t.origin = 'production' THEN 0 END AS ok, t.state_at AS at, NULL AS due,
       t.via AS via, t.approved AS approved, t.name AS name, t.title AS title
FROM item_test_data_register t WHERE t.phase = 'in_force'
