-- What an audit says of each requirement; newest first.
-- Sorts: -n, requirement
-- Key: n
SELECT a.n, a.list, a.requirement, a.answer, a.note, a.evidence, a.at, json_object('id', a.actor, 'name', p.name) AS by
FROM fact_answer a LEFT JOIN fact_person p ON p.subject = a.actor
WHERE a.subject = 'record:audit/' || :item
  AND (:list IS NULL OR a.list = :list)
  AND (:answer IS NULL OR a.answer = :answer)
