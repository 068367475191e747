-- Changes, the newest first.
-- Sorts: -opened, -at, title
-- Key: id
-- Total: yes
SELECT c.subject AS id, c.number, c.title, c.repository, r.name AS repository_name, c.target, c.state, c.owner, p.name AS owner_name, c.opened, c.at,
  s.number AS patch_set, (SELECT count(*) FROM fact_review v WHERE v.subject = c.subject AND v.commit_oid = s.commit_oid AND v.vote = 'approve'
    AND v.n = (SELECT max(x.n) FROM fact_review x WHERE x.subject = v.subject AND x.actor = v.actor)) AS approvals
FROM fact_change c JOIN fact_repository r ON r.subject = c.repository JOIN fact_patch_set s ON s.subject = c.subject
  LEFT JOIN fact_person p ON p.subject = c.owner
WHERE s.number = (SELECT max(y.number) FROM fact_patch_set y WHERE y.subject = c.subject)
  AND (:state = 'all' OR c.state = coalesce(:state, 'open'))
  AND (:repository IS NULL OR c.repository = 'repo:' || :repository)
  AND (:mine IS NULL OR NOT :mine OR c.owner = :person)
  AND (:projects IS NULL OR r.project IN (SELECT value FROM json_each(:projects)))
  AND (:q IS NULL OR instr(lower(c.title), lower(:q)))
  AND (:name IS NULL OR r.name = :name)
  AND (:number IS NULL OR c.number = :number)
