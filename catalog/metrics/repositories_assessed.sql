-- Evidence: recorded assessments of active repositories.
-- Blind spots: repositories that nobody has registered.
SELECT subject, name, coalesce(assessed_at >= :since, 0) AS part, 1 AS whole, assessed_at AS at
FROM repositories
