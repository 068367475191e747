-- Evidence: active repositories, and the definitions of done in force that name them, within their review. A repository
-- without one fails once any has one.
-- Blind spots: whether the criteria are followed.
WITH covered AS MATERIALIZED (
  SELECT r.value AS repository, max(d.review_due) AS review_due, max(d.approved) AS approved
  FROM item_definition_of_done d JOIN item_definition_of_done__repositories r ON r.subject = d.subject
  WHERE d.phase = 'in_force' GROUP BY r.value
)
SELECT f.subject AS subject,
       CASE WHEN c.review_due <= :now THEN 0 WHEN c.repository IS NOT NULL THEN 1 WHEN EXISTS (SELECT 1 FROM covered) THEN 0 END AS ok,
       CASE WHEN c.review_due <= :now THEN c.review_due ELSE f.at END AS at, c.review_due AS due,
       'person' AS via, coalesce(c.approved, 0) AS approved, f.name AS repository,
       CASE WHEN c.repository IS NULL THEN 'is named by no definition of done' ELSE 'has a definition of done that is past its review' END AS what_en,
       CASE WHEN c.repository IS NULL THEN 'ei kuulu minkään valmiin määritelmän piiriin' ELSE 'noudattaa valmiin määritelmää, joka on jäänyt katselmoimatta' END AS what_fi
FROM fact_repository f LEFT JOIN covered c ON c.repository = f.subject WHERE f.state = 'active'
