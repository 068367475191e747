-- Evidence: environments confirmed in the register, once there is production and another one: an environment that is not
-- production shares neither account nor host with production; each is within its review, and its access list not older than it says that list may be.
-- Blind spots: environments that nobody registered; what else they share. The list of production is judged by its own point.
WITH production AS MATERIALIZED (SELECT lower(trim(p.account)) AS account FROM item_environment p WHERE p.phase = 'in_force' AND p.purpose = 'production'
), aged AS (
  SELECT i.*, CASE WHEN i.purpose <> 'production' THEN i.list_day + (i.list_days + 1) * 86400 END AS list_due FROM item_environment i WHERE i.phase = 'in_force'
), judged AS (
  SELECT i.*, CASE WHEN i.purpose <> 'production' AND lower(trim(i.account)) IN (SELECT account FROM production) THEN 'shares' WHEN i.review_due <= :now THEN 'review'
      WHEN i.list_due <= :now THEN 'list' END AS wrong FROM aged i
)
SELECT i.subject AS subject,
       CASE WHEN i.wrong IS NOT NULL THEN 0
            WHEN EXISTS (SELECT 1 FROM production) AND EXISTS (SELECT 1 FROM item_environment o WHERE o.phase = 'in_force' AND o.purpose <> 'production') THEN 1 END AS ok,
       CASE WHEN i.wrong = 'review' OR i.review_due <= :now THEN i.review_due WHEN i.wrong = 'list' THEN i.list_due ELSE i.state_at END AS at,
       CASE WHEN i.list_due IS NULL OR i.review_due < i.list_due THEN i.review_due ELSE i.list_due END AS due, i.via AS via, i.approved AS approved,
       i.name AS name, i.title AS title, i.account AS account,
       CASE i.wrong WHEN 'review' THEN 'is past its review' WHEN 'list' THEN 'has an access list that is older than ' || i.list_days || ' days'
         WHEN 'shares' THEN 'shares ' || i.account || ' with production' END AS what_en,
       CASE i.wrong WHEN 'review' THEN 'on jäänyt katselmoimatta' WHEN 'list' THEN 'nojaa pääsyluetteloon, joka on yli ' || i.list_days || ' päivää vanha'
         WHEN 'shares' THEN 'käyttää samaa tiliä tai palvelinta (' || i.account || ') kuin tuotanto' END AS what_fi,
       CASE i.wrong WHEN 'list' THEN 'Take the access list from ' || i.title || ' itself, import it into ' || i.name WHEN 'review' THEN 'Bring ' || i.name || ' up to date'
         ELSE 'Give ' || i.title || ' an account and hosts of its own, bring ' || i.name || ' up to date' END || ' and have it confirmed' AS how_en,
       CASE i.wrong WHEN 'list' THEN 'Ota pääsyluettelo ympäristöstä ' || i.title || ' itsestään, tuo se kohteeseen ' || i.name WHEN 'review' THEN 'Päivitä ' || i.name
         ELSE 'Siirrä ' || i.title || ' omalle tililleen ja omille palvelimilleen, päivitä ' || i.name END || ' ja vahvistuta se' AS how_fi
FROM judged i
