-- Evidence: services confirmed in the register that process personal data: a review of the default settings of each in force, within its
-- review. A service without one fails once any has one.
-- Blind spots: services that nobody registered; whether what is written is so.
WITH done AS MATERIALIZED (
  SELECT d.service AS service, max(coalesce(d.review_due, :now + 1)) AS review_due, max(d.review_due) AS due, max(d.approved) AS approved
  FROM item_settings_review d WHERE d.phase = 'in_force' AND d.service IS NOT NULL GROUP BY d.service
)
SELECT i.subject AS subject,
       CASE WHEN d.review_due <= :now THEN 0 WHEN d.service IS NOT NULL THEN 1 WHEN EXISTS (SELECT 1 FROM done) THEN 0 END AS ok,
       CASE WHEN d.review_due <= :now THEN d.review_due ELSE i.state_at END AS at, d.due AS due,
       i.via AS via, coalesce(d.approved, i.approved) AS approved, i.name AS name, i.title AS title,
       CASE WHEN d.service IS NULL THEN 'has no review of its default settings' ELSE 'has a review of its default settings that is past its review' END AS what_en,
       CASE WHEN d.service IS NULL THEN 'puuttuu oletusasetusten katselmointi' ELSE 'oletusasetusten katselmointi on jäänyt katselmoimatta' END AS what_fi
FROM item_service i LEFT JOIN done d ON d.service = i.subject WHERE i.phase = 'in_force' AND i.personal_data = 1
