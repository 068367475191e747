-- Jobs of state.db that the server does for repositories by itself and that have failed each time since one was done: of mirrors, which are tried again in minutes, three
-- times; what is to be taken out of a history at once. moment: the last one that was done, so that a row of failures is told once. asked: of the row's first.
SELECT j.subject, j.what, coalesce((SELECT max(d.number) FROM job d WHERE d.subject = j.subject AND d.what = j.what AND d.state = 'done'), 0) AS moment, min(j.created) AS asked
FROM job j
WHERE j.what IN ('mirror', 'expunge') AND j.state = 'failed'
  AND j.number > coalesce((SELECT max(d.number) FROM job d WHERE d.subject = j.subject AND d.what = j.what AND d.state = 'done'), 0)
GROUP BY j.subject, j.what HAVING count(*) >= CASE j.what WHEN 'mirror' THEN 3 ELSE 1 END
ORDER BY j.subject, j.what
