-- Evidence: audits in force in the register, approved by somebody else than their writer: the standard or guide each names.
-- Blind spots: how far the audit followed it.
SELECT i.subject AS subject, CASE WHEN i.standard IS NULL OR (i.standard = 'other' AND i.standard_other IS NULL) THEN 0 ELSE 1 END AS ok, i.held_to AS at, NULL AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title
FROM item_audit i WHERE i.phase = 'in_force' AND i.held_to >= :since - 2 * 365 * 86400
