-- Evidence: deployments of the last year to production that are confirmed, since the first restoration plan was approved: at that time a plan
-- of the service had been approved, or the release they name had.
-- Blind spots: deployments that nobody recorded; which version the plan of that day had in mind.
WITH first AS (
  SELECT s.subject, min(s.at) AS at FROM record_steps s WHERE s.kind IN ('restoration_plan', 'release') AND s.approves GROUP BY s.subject
), used AS (SELECT min(f.at) AS since FROM first f JOIN item_restoration_plan p ON p.subject = f.subject)
SELECT d.subject AS subject, p.at IS NOT NULL OR r.at IS NOT NULL AS ok, d.deployed AS at, NULL AS due, d.via AS via, 1 AS approved,
       d.name AS name, d.version AS version, s.title AS service
FROM item_deployment d JOIN used u JOIN item_environment e ON e.subject = d.environment AND e.purpose = 'production'
JOIN item_service s ON s.subject = d.service
LEFT JOIN (SELECT p.service, min(f.at) AS at FROM item_restoration_plan p JOIN first f ON f.subject = p.subject GROUP BY p.service) p
  ON p.service = d.service AND p.at < d.deployed + 86400
LEFT JOIN first r ON r.subject = d."release" AND r.at < d.deployed + 86400
WHERE d.phase = 'in_force' AND d.type = 'deploy' AND d.outcome = 'done' AND d.deployed >= :since AND d.deployed > u.since
