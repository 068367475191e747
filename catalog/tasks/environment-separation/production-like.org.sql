-- Evidence: environments for test and staging confirmed in the register: how they are like production, and where not.
-- Blind spots: environments that nobody registered; whether it is so.
SELECT i.subject AS subject, CASE WHEN i.parity IS NULL OR i.review_due <= :now THEN 0 ELSE 1 END AS ok, i.state_at AS at, i.review_due AS due,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.parity IS NULL THEN 'does not say how it is like production' ELSE 'is past its review' END AS what_en,
       CASE WHEN i.parity IS NULL THEN 'ei kerro, miten se vastaa tuotantoa' ELSE 'on jäänyt katselmoimatta' END AS what_fi
FROM item_environment i WHERE i.phase = 'in_force' AND i.purpose IN ('test', 'staging')
