-- Evidence: the access list of production environments confirmed in the register: no account that several people use.
-- Blind spots: accounts that the list leaves out; what each account is used for.
SELECT i.subject AS subject, CASE WHEN a.shared = 1 THEN 0 WHEN a.shared = 0 OR a.person IS NOT NULL THEN 1 END AS ok, i.state_at AS at, NULL AS due,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, a.account AS account
FROM item_environment i JOIN item_environment__access a ON a.subject = i.subject
WHERE i.phase = 'in_force' AND i.purpose = 'production'
