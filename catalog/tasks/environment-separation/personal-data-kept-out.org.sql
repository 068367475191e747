-- Evidence: environments other than production confirmed in the register: what they say of production data. Where approved
-- copies are allowed, no copy in it is past its end.
-- Blind spots: environments and copies that nobody registered.
WITH copies AS MATERIALIZED (
  SELECT c.environment, max(c.until + 86400 <= :now) AS late, min(CASE WHEN c.until + 86400 > :now THEN c.until + 86400 END) AS ends
  FROM item_data_copy c WHERE c.state = 'approved' AND c.environment IS NOT NULL GROUP BY c.environment
)
SELECT i.subject AS subject,
       CASE WHEN i.production_data = 'yes' THEN 0
            WHEN c.late THEN 0
            WHEN i.production_data IN ('never', 'approved') THEN 1 END AS ok, i.state_at AS at, NULL AS due,
       c.ends AS changes_at,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       CASE WHEN i.production_data = 'yes' THEN 'holds production data, and is no production' ELSE 'holds a copy of production data that is past its end' END AS what_en,
       CASE WHEN i.production_data = 'yes' THEN 'sisältää tuotantotietoa, vaikka se ei ole tuotantoa' ELSE 'sisältää tuotantotiedon kopion, joka piti jo poistaa' END AS what_fi
FROM item_environment i LEFT JOIN copies c ON c.environment = i.subject WHERE i.phase = 'in_force' AND i.purpose <> 'production'
