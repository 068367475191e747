-- Evidence: guidelines in force: each was approved or reviewed within a year, and its review is not overdue.
-- Blind spots: whether the review was a reading; guidelines kept elsewhere.
WITH looked AS (
  SELECT g.subject, g.name, g.title, g.via, g.review_due,
         (SELECT max(s.at) FROM record_steps s WHERE s.subject = g.subject AND s.current AND (s.approves OR s.step = 'review')) AS at
  FROM item_guideline g WHERE g.phase = 'in_force' AND g.approved = 1
), judged AS (SELECT l.*, min(coalesce(l.review_due, 253402300800), l.at + 366 * 86400) AS ends FROM looked l WHERE l.at IS NOT NULL)
SELECT j.subject AS subject, j.ends > :now AS ok, CASE WHEN j.ends > :now THEN j.at ELSE j.ends END AS at, CASE WHEN j.ends > :now THEN j.ends END AS due,
       j.via AS via, 1 AS approved, j.name AS name, j.title AS title, j.at AS looked_at
FROM judged j
