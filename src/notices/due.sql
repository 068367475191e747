-- What waits for a person beside tasks and items of their own: :person, :now, :ahead (seconds more than usual); flags of what the person may: :decide, :tasks, :officer.
-- moment: what a thing is told by once: when it is due, or the number of the fact it began with.
-- Requests of others, to decide; and what was done alone, to review.
SELECT CASE WHEN d.n IS NULL THEN 'approval' ELSE 'solo_review' END AS what, 'fact:' || r.n AS subject, coalesce((SELECT name FROM fact_repository WHERE subject = r.subject), r.subject) AS title, r.kind AS detail, r.n AS moment,
  CASE WHEN d.n IS NULL THEN r.until ELSE 0 END AS due
FROM fact_request r LEFT JOIN fact_approval d ON d.request = r.n
WHERE :decide AND r.actor <> :person AND r.n IN (
  SELECT w.n FROM fact_request w WHERE w.until > :now AND NOT EXISTS (SELECT 1 FROM fact_approval WHERE request = w.n)
  UNION ALL SELECT request FROM fact_approval WHERE decision = 'solo')
UNION ALL
-- what came of one's own
SELECT 'decided', 'fact:' || r.n, r.subject, d.decision, d.n, 0 FROM fact_approval d JOIN fact_request r ON r.n = d.request
WHERE d.decision IN ('approved', 'rejected') AND d.at > :now - 14 * 86400 AND r.actor = :person AND d.actor <> :person
UNION ALL
-- comments that call one
SELECT 'mention', c.subject, coalesce(p.name, ''), '', c.n, 0 FROM fact_note_mentions m JOIN fact_note c ON c.n = m.n LEFT JOIN fact_person p ON p.subject = c.actor
WHERE m.value = :person AND c.actor <> :person AND c.at > :now - 30 * 86400
UNION ALL
-- the same of changes under review; detail: the project they are in
SELECT 'mention', c.subject, coalesce(p.name, ''), coalesce(r.project, ''), c.n, 0 FROM fact_comment_mentions m JOIN fact_comment c ON c.n = m.n
  LEFT JOIN fact_person p ON p.subject = c.actor LEFT JOIN fact_repository r ON r.subject = c.repository
WHERE m.value = :person AND c.actor <> :person AND c.at > :now - 30 * 86400
UNION ALL
-- exceptions that end, or have ended within a week: for who looks after the task, and for Security officers
SELECT CASE WHEN w.until <= :now THEN 'waiver_ended' ELSE 'waiver_ending' END, w.subject, '', '', w.until, w.until FROM fact_waiver w
WHERE :tasks AND coalesce(w.withdrawn, 0) = 0 AND w.until > :now - 7 * 86400 AND w.until < :now + 14 * 86400 + :ahead
  AND (:officer OR EXISTS (SELECT 1 FROM fact_task t WHERE t.owner = :person AND t.subject = 'task:' || substr(w.subject, 12, instr(w.subject, '/') - 12)))
UNION ALL
-- roles of one's own that end
SELECT 'role_ending', r.subject, r.role, r.scope, r.until, r.until FROM fact_role r
WHERE r.subject = :person AND r.state = 'granted' AND r.until > :now AND r.until < :now + 14 * 86400 + :ahead
