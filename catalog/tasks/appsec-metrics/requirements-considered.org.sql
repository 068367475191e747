-- Evidence: metrics of the register that are in force and approved: each says which requirement is behind it.
-- Blind spots: whether all requirements that bind the organization have a metric.
SELECT i.subject AS subject, i.requirement IS NOT NULL AS ok, i.state_at AS at, NULL AS due, i.via AS via, 1 AS approved,
       i.name AS name, i.title AS title
FROM item_metric i WHERE i.phase = 'in_force' AND i.approved = 1
