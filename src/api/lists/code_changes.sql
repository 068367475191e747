-- Changes, the newest first; of what was published, by whom and by which decision.
-- Sorts: -opened, -at, title
-- Key: id
-- Total: yes
SELECT c.subject AS id, c.number, c.title, c.repository, r.name AS repository_name, c.target, c.state, c.owner, p.name AS owner_name, c.opened, c.at,
  s.number AS patch_set, (SELECT count(*) FROM fact_review v WHERE v.subject = c.subject AND v.commit_oid = s.commit_oid AND v.vote = 'approve'
    AND v.n = (SELECT max(x.n) FROM fact_review x WHERE x.subject = v.subject AND x.actor = v.actor)) AS approvals,
  (SELECT group_concat(name, '; ') FROM (SELECT coalesce(q.name, v.actor) AS name FROM fact_review v LEFT JOIN fact_person q ON q.subject = v.actor WHERE v.subject = c.subject
    AND v.commit_oid = s.commit_oid AND v.vote = 'approve' AND v.n = (SELECT max(x.n) FROM fact_review x WHERE x.subject = v.subject AND x.actor = v.actor) ORDER BY v.n)) AS approvers,
  d.at AS published_at, d.actor AS published_by, b.name AS published_by_name, d.n AS decision, d.override
FROM fact_change c JOIN fact_repository r ON r.subject = c.repository JOIN fact_patch_set s ON s.subject = c.subject
  LEFT JOIN fact_person p ON p.subject = c.owner
  LEFT JOIN fact_decision d ON c.state = 'published' AND d.n = (SELECT max(m.n) FROM fact_push_refs x JOIN fact_decision m ON m.push = x.n AND m.decision = 'allowed'
    JOIN fact_outcome o ON o.decision = m.n AND o.outcome = 'done' WHERE x.change = c.subject AND x.kind = 'branch')
  LEFT JOIN fact_person b ON b.subject = d.actor
WHERE s.number = (SELECT max(y.number) FROM fact_patch_set y WHERE y.subject = c.subject)
  AND (:state = 'all' OR c.state = coalesce(:state, 'open'))
  AND (:repository IS NULL OR c.repository = 'repo:' || :repository)
  AND (:mine IS NULL OR NOT :mine OR c.owner = :person)
  AND (:projects IS NULL OR r.project IN (SELECT value FROM json_each(:projects)))
  AND (:q IS NULL OR instr(lower(c.title), lower(:q)))
  AND (:name IS NULL OR r.name = :name)
  AND (:number IS NULL OR c.number = :number)
  AND (:from IS NULL OR c.at >= CAST(strftime('%s', :from) AS INTEGER))
  AND (:until IS NULL OR c.at < CAST(strftime('%s', :until, '+1 day') AS INTEGER))
