-- Evidence: releases of the last year in the release log that went to production or customers: an acceptance that somebody
-- else approved, not after the day of the release; linked, or of the same repository and version.
-- Blind spots: releases that are not in the log; how thorough the tests were.
WITH acceptances AS MATERIALIZED (
  SELECT a.subject, a.repository, a."release" AS version, a.approved_at FROM item_acceptance a WHERE a.phase = 'in_force' AND a.approved
), by_version AS MATERIALIZED (
  SELECT a.repository, a.version, min(a.approved_at) AS at FROM acceptances a
  WHERE a.repository IS NOT NULL AND a.version IS NOT NULL GROUP BY a.repository, a.version
), accepted AS MATERIALIZED ( -- linked, or of the same repository and version
  SELECT r.subject, min(coalesce(l.approved_at, v.at), coalesce(v.at, l.approved_at)) AS at
  FROM item_release r LEFT JOIN acceptances l ON l.subject = r.acceptance
    LEFT JOIN by_version v ON v.repository = r.repository AND v.version = r.version
  WHERE r.phase = 'in_force' AND coalesce(l.approved_at, v.at) IS NOT NULL
)
SELECT i.subject AS subject, CASE WHEN a.at < i.released + 86400 THEN 1 ELSE 0 END AS ok, i.released AS at, NULL AS due,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, i.version AS version, i.released AS released_at,
       CASE WHEN a.at IS NULL THEN 'without an approved acceptance' ELSE 'before its acceptance was approved' END AS what_en,
       CASE WHEN a.at IS NULL THEN 'ilman hyväksyttyä vastaanottoa' ELSE 'ennen vastaanoton hyväksymistä' END AS what_fi
FROM item_release i LEFT JOIN accepted a ON a.subject = i.subject
WHERE i.phase = 'in_force' AND i.what_for IN ('production', 'customers') AND i.released BETWEEN :since AND :now
