-- A metric as it was recorded each day.
-- Sorts: -day
-- Key: event
-- Total: yes
SELECT date(m.at, 'unixepoch') AS day, printf('%.3f', v.value / 1000.0) AS figure, v.value, v.numerator, v.denominator, v.rule, m.n AS event
FROM fact_measure m LEFT JOIN fact_measure_measures v ON v.n = m.n AND v.metric = :metric
WHERE m.subject = 'org' AND m.via = 'probe' AND (:since IS NULL OR m.at >= unixepoch(:since))
