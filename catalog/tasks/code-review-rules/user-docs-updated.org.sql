-- Evidence: releases of the last year in the release log, approved by somebody else than their writer: what they say of the
-- users' instructions.
-- Blind spots: releases that are not in the log; whether the texts are good.
SELECT i.subject AS subject, i.instructions AS ok, i.released AS at, NULL AS due, i.via AS via, i.approved AS approved,
       i.name AS name, i.title AS title, i.version AS version
FROM item_release i WHERE i.phase = 'in_force' AND i.released BETWEEN :since AND :now
