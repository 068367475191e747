-- Evidence: procedures of issuing in force: a temporary credential has to be changed at its first use, and ends within 30 days.
-- Blind spots: whether the systems do what the procedure says; systems it does not name.
SELECT c.subject AS subject, CASE WHEN c.change_forced IS NOT NULL AND c.valid_days IS NOT NULL THEN c.change_forced = 1 AND c.valid_days <= 30 END AS ok, c.state_at AS at, NULL AS due,
       c.via AS via, 1 AS approved, c.name AS name, c.title AS title,
       CASE WHEN c.change_forced = 0 THEN 'does not force a change at the first use' ELSE 'lets a temporary credential live for more than 30 days' END AS what_en,
       CASE WHEN c.change_forced = 0 THEN 'ei pakota vaihtoa ensimmäisellä käyttökerralla' ELSE 'antaa väliaikaisen tunnuksen elää yli 30 päivää' END AS what_fi
FROM item_credential_delivery c WHERE c.phase = 'in_force' AND c.approved = 1
