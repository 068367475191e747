-- How the organization stands now, and the newest day at least a week old: :before (a date).
SELECT day, fully_done, mostly_done + partly_done + not_done + fully_done, violated, no_evidence, findings FROM derived.day
WHERE scope = 'org' AND day IN ('now', (SELECT max(day) FROM derived.day WHERE scope = 'org' AND day <= :before)) ORDER BY day
