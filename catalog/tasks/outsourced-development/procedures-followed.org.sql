-- Evidence: partners in the register whose access has ended, by its day or because the partnership is closed: none of their
-- people holds a role any more.
-- Blind spots: people whom the partner's entry does not name; access outside Sinetti.
WITH held AS MATERIALIZED (
  SELECT p.subject, count(DISTINCT p.value) AS people
  FROM item_partner__people p JOIN fact_role r ON r.subject = p.value AND r.state = 'granted' AND (r.until IS NULL OR r.until > :now)
  GROUP BY p.subject
)
SELECT i.subject AS subject,
       CASE WHEN i.phase = 'in_force' AND i.access_until + 86400 > :now THEN NULL WHEN h.people > 0 THEN 0 ELSE 1 END AS ok,
       CASE WHEN i.phase = 'closed' THEN i.state_at ELSE i.access_until + 86400 END AS at, NULL AS due,
       CASE WHEN i.phase = 'in_force' AND i.access_until + 86400 > :now THEN i.access_until + 86400 END AS changes_at,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, coalesce(h.people, 0) AS people
FROM item_partner i LEFT JOIN held h ON h.subject = i.subject
WHERE i.phase = 'closed' OR (i.phase = 'in_force' AND i.access_until IS NOT NULL)
