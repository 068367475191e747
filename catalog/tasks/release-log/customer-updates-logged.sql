-- Evidence: a version tag of the period is a tag object of its own, which holds who released, when and a message. A
-- lightweight one fails where at least 80 % of the newest twenty version tags, and five of them, are objects.
-- Blind spots: who received the release; release notes on the host; what a tagger writes of themselves is a claim.
WITH practice(shown) AS (
  SELECT sum(annotated) >= 5 AND 10 * sum(annotated) >= 8 * count(*)
  FROM (SELECT annotated FROM tags WHERE version IS NOT NULL AND at <= :now ORDER BY at DESC, name LIMIT 20)
)
SELECT a.subject, CASE WHEN t.annotated = 1 THEN 1 WHEN p.shown THEN 0 END AS ok,
       t.at AS at, NULL AS due, t.label AS label, t.target AS commit_oid
FROM asked a JOIN tags t ON a.type = 'ref' AND t.name = a.name CROSS JOIN practice p
WHERE t.version IS NOT NULL AND t.at BETWEEN :since AND :now
