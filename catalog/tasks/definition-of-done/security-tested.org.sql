-- Evidence: acceptances of the last year in the register, approved by somebody else than their writer: whether they say that
-- security was tested.
-- Blind spots: releases without an acceptance; how thorough the tests were.
SELECT i.subject AS subject, EXISTS (SELECT 1 FROM item_acceptance__checks c WHERE c.subject = i.subject AND c.value = 'security') AS ok,
       i.state_at AS at, NULL AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, i."release" AS version
FROM item_acceptance i WHERE i.phase = 'in_force' AND i.state_at >= :since
