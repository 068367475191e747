-- Evidence: publisher lists in force in the register, approved by somebody else than their writer: each is to be within its
-- review (the recertification), with nobody on it whose right has ended.
-- Blind spots: rights that hosts and registries give and no list names.
WITH ended AS MATERIALIZED (
  SELECT p.subject, count(*) AS people FROM item_publisher_list__publishers p WHERE p.until + 86400 <= :now GROUP BY p.subject
), next AS MATERIALIZED (
  SELECT p.subject, min(p.until + 86400) AS at FROM item_publisher_list__publishers p WHERE p.until + 86400 > :now GROUP BY p.subject
)
SELECT i.subject AS subject,
       CASE WHEN i.review_due <= :now OR e.people > 0 THEN 0 ELSE 1 END AS ok,
       CASE WHEN i.review_due <= :now THEN i.review_due ELSE i.state_at END AS at, i.review_due AS due, n.at AS changes_at,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.review_due <= :now THEN 'has not been gone through in time' ELSE 'names ' || e.people || ' whose right has ended' END AS what_en,
       CASE WHEN i.review_due <= :now THEN 'on jäänyt käymättä läpi ajallaan' ELSE 'sisältää ' || e.people || ' henkilöä, joiden oikeus on päättynyt' END AS what_fi
FROM item_publisher_list i LEFT JOIN ended e ON e.subject = i.subject LEFT JOIN next n ON n.subject = i.subject
WHERE i.phase = 'in_force'
