-- Evidence: what partners confirmed in the register owe as evidence of tests (by its name), by its day: received, or not yet.
-- Blind spots: partners and duties that nobody registered; what the evidence shows.
SELECT i.subject AS subject, CASE WHEN d.received IS NOT NULL THEN 1 WHEN d.due + 86400 <= :now THEN 0 END AS ok,
       coalesce(d.received, d.due + 86400) AS at, NULL AS due, CASE WHEN d.received IS NULL AND d.due + 86400 > :now THEN d.due + 86400 END AS changes_at,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, d.what AS what, d.due AS due_at
FROM item_partner i JOIN item_partner__duties d ON d.subject = i.subject
WHERE i.phase = 'in_force' AND d.due IS NOT NULL AND d.due >= :since
  AND (lower(d.what) LIKE '%test%' OR lower(d.what) LIKE '%testi%')
