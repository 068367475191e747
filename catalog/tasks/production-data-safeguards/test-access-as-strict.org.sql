-- Evidence: environments confirmed in the register that may hold copies of production data, and are no production: no account
-- that several people use; an access review of test environments in force, within its review.
-- Blind spots: environments that nobody registered; a review is not tied to one environment.
WITH reviewed AS MATERIALIZED (SELECT max(r.review_due) AS due, max(r.approved) AS approved FROM item_access_review r WHERE r.phase = 'in_force' AND r.about = 'test_environment')
SELECT i.subject AS subject,
       CASE WHEN EXISTS (SELECT 1 FROM item_environment__access a WHERE a.subject = i.subject AND a.shared = 1) THEN 0
            WHEN r.due <= :now THEN 0 WHEN r.due > :now THEN 1 END AS ok,
       CASE WHEN r.due <= :now THEN r.due ELSE i.state_at END AS at, r.due AS due, i.via AS via, coalesce(r.approved, i.approved) AS approved,
       i.name AS name, i.title AS title,
       CASE WHEN EXISTS (SELECT 1 FROM item_environment__access a WHERE a.subject = i.subject AND a.shared = 1) THEN 'several people use one account' ELSE 'access to it has not been gone through in time' END AS what_en,
       CASE WHEN EXISTS (SELECT 1 FROM item_environment__access a WHERE a.subject = i.subject AND a.shared = 1) THEN 'useat henkilöt käyttävät samaa tunnusta' ELSE 'käyttöoikeuksia ei ole käyty läpi ajallaan' END AS what_fi
FROM item_environment i CROSS JOIN reviewed r WHERE i.phase = 'in_force' AND i.purpose <> 'production' AND i.production_data IN ('approved', 'yes')
