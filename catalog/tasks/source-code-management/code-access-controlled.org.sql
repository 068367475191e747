-- Evidence: approved access reviews of source code, the newest of each place: it is due again as its register says, and fails when that day has passed. So does one
-- that names a right nobody needs and, 14 days after its approval, not what was done about it.
-- Blind spots: places that were never reviewed; rights that the list of the review left out; whether what was done was done.
WITH newest AS (
  SELECT a.*, row_number() OVER (PARTITION BY lower(trim(a."where")) ORDER BY a.held DESC, a.n DESC) AS place
  FROM item_access_review a WHERE a.about = 'source' AND a.phase = 'in_force' AND a.approved = 1
), judged AS (
  SELECT a.subject, a.name, a."where" AS place, a.via, a.held, a.review_due > :now AS current, a.review_due, a.approved_at + 14 * 86400 AS grace,
         (SELECT count(*) FROM item_access_review__rights r WHERE r.subject = a.subject AND r.needed = 0 AND trim(coalesce(r.done, '')) = '') AS left_open
  FROM newest a WHERE a.place = 1 AND a.review_due IS NOT NULL
)
SELECT j.subject AS subject, CASE WHEN NOT j.current THEN 0 WHEN j.left_open = 0 THEN 1 WHEN j.grace <= :now THEN 0 END AS ok,
       CASE WHEN NOT j.current THEN j.review_due WHEN j.left_open > 0 AND j.grace <= :now THEN j.grace ELSE j.held END AS at,
       CASE WHEN j.current AND j.left_open = 0 THEN j.review_due END AS due,
       CASE WHEN j.current AND j.left_open > 0 THEN min(j.review_due, CASE WHEN j.grace > :now THEN j.grace ELSE j.review_due END) END AS changes_at,
       j.via AS via, 1 AS approved, j.name AS name, j.place AS place, j.held AS held_at,
       CASE WHEN NOT j.current THEN 'its next review is overdue' ELSE 'it names ' || j.left_open || ' rights that nobody needs, and not what was done about them' END AS what_en,
       CASE WHEN NOT j.current THEN 'seuraava katselmus on myöhässä' ELSE 'siinä on ' || j.left_open || ' tarpeetonta oikeutta, eikä siitä käy ilmi, mitä niille tehtiin' END AS what_fi
FROM judged j
