-- Evidence: information taken into tests, as the register of copies has it: each needs an approval of the version that
-- stands there, by somebody who neither wrote it nor asked for it.
-- Blind spots: copies that nobody registered; whether the approver had the right is judged when it is given.
WITH approvals AS MATERIALIZED (
  SELECT s.subject, max(s.actor <> i.actor AND s.actor IS NOT i.owner) AS by_another, min(s.at) AS at
  FROM record_steps s JOIN item_data_copy i ON i.subject = s.subject
  WHERE s.kind = 'data_copy' AND s.approves AND s.current GROUP BY s.subject
)
SELECT i.subject AS subject, coalesce(a.by_another, 0) AS ok, coalesce(a.at, i.state_at) AS at, NULL AS due,
       i.via AS via, coalesce(a.by_another, 0) AS approved, i.name AS name, i.title AS title,
       CASE WHEN a.subject IS NULL THEN 'nobody has approved it' ELSE 'who asked for it has approved it' END AS what_en,
       CASE WHEN a.subject IS NULL THEN 'kukaan ei ole hyväksynyt sitä' ELSE 'pyytäjä on hyväksynyt sen itse' END AS what_fi
FROM item_data_copy i LEFT JOIN approvals a ON a.subject = i.subject WHERE i.state IN ('approved', 'removed', 'destroyed')
