-- Evidence: copies of production data in the register: one that is past the day by which it is to be removed and is not
-- reported removed fails; so does one whose removal nobody else has attested within 14 days. One still in use says nothing yet.
-- Blind spots: copies that nobody registered; whether the data is really gone is what the two people say.
SELECT i.subject AS subject,
       CASE WHEN i.state = 'destroyed' THEN 1
            WHEN i.state = 'removed' AND i.state_at + 14 * 86400 <= :now THEN 0
            WHEN i.state = 'approved' AND i.until + 86400 <= :now THEN 0 END AS ok,
       CASE WHEN i.state = 'approved' AND i.until + 86400 <= :now THEN i.until + 86400
            WHEN i.state = 'removed' AND i.state_at + 14 * 86400 <= :now THEN i.state_at + 14 * 86400 ELSE i.state_at END AS at,
       NULL AS due,
       CASE i.state WHEN 'approved' THEN i.until + 86400 WHEN 'removed' THEN i.state_at + 14 * 86400 END AS changes_at,
       i.via AS via, 1 AS approved, i.name AS name, i.title AS title, i.until AS until_at,
       CASE i.state WHEN 'approved' THEN 'it is still in use' ELSE 'it was removed, but nobody else has attested that' END AS what_en,
       CASE i.state WHEN 'approved' THEN 'se on yhä käytössä' ELSE 'se on poistettu, mutta kukaan toinen ei ole todentanut sitä' END AS what_fi
FROM item_data_copy i WHERE i.state IN ('approved', 'removed', 'destroyed')
