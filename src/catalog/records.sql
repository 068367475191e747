-- Items as they stand: where a newer version has not put them back, the last move says in which state. What was approved stays so in later moves
-- (a change that is approved, then done).
CREATE TEMP VIEW IF NOT EXISTS records AS
SELECT r.subject, r.kind, r.number, r.title, r.owner, r.version, r.digest, r.definition, r.n, r.at, r.actor, r.via, r.content,
  CASE WHEN s.n > r.n THEN s.state ELSE r.state END AS state,
  CASE WHEN s.n > r.n THEN s.phase ELSE r.phase END AS phase,
  CASE WHEN s.n > r.n THEN s.n ELSE 0 END AS since,
  CASE WHEN s.n > r.n THEN s.at ELSE r.at END AS state_at,
  CASE WHEN s.n > r.n AND s.digest = r.digest THEN (SELECT max(a.at) FROM fact_step a WHERE a.subject = r.subject AND a.n > r.n AND a.digest = r.digest
    AND a.approves) END AS approved_at,
  CASE WHEN s.n > r.n AND s.phase = 'in_force' THEN s.review_due END AS review_due
FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject;

-- What was done with items, each step; `current`: with the version that stands there.
CREATE TEMP VIEW IF NOT EXISTS record_steps AS
SELECT s.subject, r.kind, s.n, s.at, s.actor, s.via, s.step, s.version AS revision, s.move, s.state, s.phase, coalesce(s.approves, 0) AS approves,
  s.digest = r.digest AS current, s.reason
FROM fact_step s JOIN fact_record r ON r.subject = s.subject;

-- Who holds which role, of their own or by a group; of people who are here. Ends are the reader's to heed.
CREATE TEMP VIEW IF NOT EXISTS role_holders AS
SELECT p.subject AS person, r.role, r.scope, r.at, r.until, r.via
FROM fact_role r JOIN fact_person p ON p.subject = r.subject WHERE r.state = 'granted' AND p.state = 'active'
UNION ALL
SELECT p.subject, r.role, r.scope, r.at, r.until, r.via
FROM fact_role r JOIN fact_group g ON g.subject = r.subject JOIN fact_group_members m ON m.n = g.n JOIN fact_person p ON p.subject = m.value
WHERE r.state = 'granted' AND g.state = 'active' AND p.state = 'active';

-- What a gate let in and is not where it was to go: the ref's move never came to be.
CREATE TEMP VIEW IF NOT EXISTS push_stayed AS
SELECT d.push, r.ref
FROM fact_decision d JOIN fact_outcome_stayed o ON o.decision = d.n JOIN fact_push_refs r ON r.n = d.push AND coalesce(o.ref, r.ref) = r.ref;
