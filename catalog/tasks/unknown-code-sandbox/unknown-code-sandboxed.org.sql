-- Evidence: confirmed runs of unknown code in the last year: the profile each names had been approved by then.
-- Blind spots: runs that nobody recorded; whether the run kept to the profile.
WITH approvals AS (SELECT s.subject, min(s.at) AS at FROM record_steps s WHERE s.kind = 'sandbox_profile' AND s.approves GROUP BY s.subject)
SELECT r.subject AS subject, coalesce(a.at < r.ran + 86400, 0) AS ok, r.ran AS at, NULL AS due, r.via AS via, r.approved AS approved, r.name AS name, r.code AS code,
       coalesce(p.title, r.profile) AS profile
FROM item_sandbox_run r LEFT JOIN item_sandbox_profile p ON p.subject = r.profile LEFT JOIN approvals a ON a.subject = r.profile
WHERE r.phase = 'in_force' AND r.ran >= :since
