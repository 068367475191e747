-- Evidence: vulnerability reports of the register: those that were mended within the last year or are still open. Mended by its date is fine; open
-- past it is not, nor is one handed in as mended after it.
-- Blind spots: flaws that reached us another way and were not registered.
WITH reports AS (
  SELECT v.*, coalesce((SELECT max(s.at) FROM record_steps s WHERE s.subject = v.subject AND s.move = 'finish'), v.state_at) AS mended_at
  FROM item_vulnerability_report v WHERE v.due IS NOT NULL AND (v.phase = 'open' OR v.phase = 'in_force' AND v.state_at >= :since)
)
SELECT v.subject AS subject,
       CASE WHEN v.phase = 'open' AND v.due + 86400 <= :now THEN 0 WHEN v.phase = 'in_force' AND v.approved = 1 THEN v.mended_at < v.due + 86400 END AS ok,
       CASE WHEN v.phase = 'open' AND v.due + 86400 > :now THEN v.received WHEN v.phase = 'in_force' AND v.mended_at < v.due + 86400 THEN v.mended_at ELSE v.due + 86400 END AS at,
       NULL AS due, CASE WHEN v.phase = 'open' AND v.due + 86400 > :now THEN v.due + 86400 END AS changes_at,
       v.via AS via, v.phase = 'in_force' AS approved, v.name AS name, v.due AS due_at,
       CASE WHEN v.phase = 'open' THEN 'is still open' ELSE 'was mended late' END AS what_en, CASE WHEN v.phase = 'open' THEN 'on yhä auki' ELSE 'korjattiin myöhässä' END AS what_fi
FROM reports v
