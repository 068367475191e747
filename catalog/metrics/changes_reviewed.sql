-- Evidence: the newest assessment of each active repository: commits of which a review can be asked, and those that
-- show one.
-- Blind spots: reviews that only a code host knows count as not shown.
SELECT p.subject, r.name, p.judged - p.failing AS part, p.in_scope AS whole, p.at
FROM repository_points p JOIN repositories r ON r.subject = p.subject
WHERE p.point = 'code-review-rules/rules-enforced'
