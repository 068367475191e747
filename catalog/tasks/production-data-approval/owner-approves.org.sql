-- Evidence: information taken into tests, as the register of copies has it: each needs an approval of the version that
-- stands there, by somebody who neither wrote it nor asked for it; and where its data set was registered before that and
-- has stayed as it was, by that data set's owner.
-- Blind spots: copies that nobody registered; whose a data set was that has changed since.
WITH approvals AS MATERIALIZED (
  SELECT s.subject, max(s.actor <> i.actor AND s.actor IS NOT i.owner) AS by_another, min(s.at) AS at,
         max(s.actor <> i.actor AND s.actor IS NOT i.owner AND (d.data_owner IS NULL OR d.at > s.at OR s.actor = d.data_owner)) AS by_owner
  FROM record_steps s JOIN item_data_copy i ON i.subject = s.subject LEFT JOIN item_data_set d ON d.subject = i.data
  WHERE s.kind = 'data_copy' AND s.approves AND s.current GROUP BY s.subject
)
SELECT i.subject AS subject, coalesce(a.by_owner, 0) AS ok, coalesce(a.at, i.state_at) AS at, NULL AS due,
       i.via AS via, coalesce(a.by_another, 0) AS approved, i.name AS name, i.title AS title,
       CASE WHEN a.subject IS NULL THEN 'nobody has approved it' WHEN NOT a.by_another THEN 'who asked for it has approved it'
            ELSE 'it was not approved by who owns its data set' END AS what_en,
       CASE WHEN a.subject IS NULL THEN 'kukaan ei ole hyväksynyt sitä' WHEN NOT a.by_another THEN 'pyytäjä on hyväksynyt sen itse'
            ELSE 'sitä ei ole hyväksynyt tietoaineiston omistaja' END AS what_fi
FROM item_data_copy i LEFT JOIN approvals a ON a.subject = i.subject WHERE i.state IN ('approved', 'removed', 'destroyed')
