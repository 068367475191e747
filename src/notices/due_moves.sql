-- Items that wait in one of the states :states (a JSON list of "kind/state") for somebody's move.
SELECT r.subject FROM fact_step_last s JOIN fact_record r ON r.subject = s.subject
WHERE s.state IN (SELECT substr(value, instr(value, '/') + 1) FROM json_each(:states)) AND s.n > r.n
  AND r.kind || '/' || s.state IN (SELECT value FROM json_each(:states)) ORDER BY s.n DESC LIMIT 1000
