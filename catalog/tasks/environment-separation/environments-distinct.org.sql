-- Evidence: environments confirmed in the register, once there is production and another one: an environment that is not
-- production shares neither account nor host with production; each is within its review.
-- Blind spots: environments that nobody registered; what else they share.
WITH production AS MATERIALIZED (SELECT lower(trim(p.account)) AS account FROM item_environment p WHERE p.phase = 'in_force' AND p.purpose = 'production')
SELECT i.subject AS subject,
       CASE WHEN i.purpose <> 'production' AND lower(trim(i.account)) IN (SELECT account FROM production) THEN 0
            WHEN i.review_due <= :now THEN 0
            WHEN EXISTS (SELECT 1 FROM production) AND EXISTS (SELECT 1 FROM item_environment o WHERE o.phase = 'in_force' AND o.purpose <> 'production') THEN 1 END AS ok,
       CASE WHEN i.review_due <= :now THEN i.review_due ELSE i.state_at END AS at, i.review_due AS due, i.via AS via, i.approved AS approved,
       i.name AS name, i.title AS title, i.account AS account,
       CASE WHEN i.review_due <= :now THEN 'is past its review' ELSE 'shares ' || i.account || ' with production' END AS what_en,
       CASE WHEN i.review_due <= :now THEN 'on jäänyt katselmoimatta' ELSE 'käyttää samaa tiliä tai palvelinta (' || i.account || ') kuin tuotanto' END AS what_fi
FROM item_environment i WHERE i.phase = 'in_force'
