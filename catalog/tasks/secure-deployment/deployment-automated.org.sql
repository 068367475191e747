-- Evidence: confirmed deployments of the last year: one that names the automation that did it is fine; one by hand is not, where the service had
-- been deployed by automation before. By hand where nothing is automated yet says nothing.
-- Blind spots: deployments that nobody recorded.
WITH made AS (
  SELECT d.*, trim(coalesce(d.automation, '')) <> '' AS automatic FROM item_deployment d WHERE d.phase = 'in_force' AND d.outcome = 'done'
)
SELECT m.subject AS subject,
       CASE WHEN m.automatic THEN 1
            WHEN EXISTS (SELECT 1 FROM made o WHERE o.automatic AND o.service = m.service AND o.environment = m.environment AND o.deployed < m.deployed) THEN 0 END AS ok,
       m.deployed AS at, NULL AS due, m.via AS via, 1 AS approved, m.name AS name, m.version AS version, coalesce(s.title, m.service) AS service
FROM made m LEFT JOIN item_service s ON s.subject = m.service WHERE m.deployed >= :since
