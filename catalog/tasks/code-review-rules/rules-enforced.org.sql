-- Evidence: pushes and publications to protected branches of repositories with a gate that brought commits: what was brought is the
-- patch set of a change that as many people as the branch asks for have approved, none of whom had a part in it, and that
-- nobody has rejected, with every thread resolved where the branch asks for that.
-- Blind spots: repositories without a gate; whether a reviewer has read what they approved.
SELECT r.ref AS subject, r.covered AND r.approvals >= max(1, r.reviewers) AND r.rejections = 0 AND r.threads = 0 AS ok, p.at AS at, NULL AS due, p.via AS via,
       CASE r.commits WHEN 1 THEN '1 commit reaches' ELSE r.commits || ' commits reach' END AS brought_en,
       CASE r.commits WHEN 1 THEN '1 commit' ELSE r.commits || ' commitia' END AS brought_fi,
       substr(r.ref, instr(r.ref, '/refs/heads/') + 12) AS branch, r.commits AS commits, r.approvals AS approvals, max(1, r.reviewers) AS wanted, substr(r.after, 1, 12) AS tip,
       CASE WHEN NOT r.covered AND r.patch_set THEN 'the branch has gone on since their change left it, so what they bring is not what was reviewed'
            WHEN NOT r.covered THEN 'they are no reviewed change' WHEN r.rejections THEN 'a reviewer has rejected them'
            WHEN r.approvals >= max(1, r.reviewers) AND r.threads THEN 'threads of its review that are not resolved: ' || r.threads
            ELSE r.approvals || ' of ' || max(1, r.reviewers) || ' approvals are there'
              || CASE WHEN EXISTS (SELECT 1 FROM fact_patch_set s JOIN fact_person h ON h.subject = s.actor WHERE s.subject = r.change AND s.number = r.patch_set AND h.bot)
                   THEN ' (a machine pushed the change, so one more is asked)' ELSE '' END END AS what_en,
       CASE WHEN NOT r.covered AND r.patch_set THEN 'haara on edennyt muutoksen lähtökohdasta, joten ne tuovat muuta kuin katselmoitiin'
            WHEN NOT r.covered THEN 'ne eivät ole katselmoitu muutos' WHEN r.rejections THEN 'katselmoija on hylännyt ne'
            WHEN r.approvals >= max(1, r.reviewers) AND r.threads THEN 'katselmoinnin ratkaisemattomia keskusteluja on ' || r.threads
            ELSE 'hyväksyntöjä on ' || r.approvals || '/' || max(1, r.reviewers)
              || CASE WHEN EXISTS (SELECT 1 FROM fact_patch_set s JOIN fact_person h ON h.subject = s.actor WHERE s.subject = r.change AND s.number = r.patch_set AND h.bot)
                   THEN ' (muutoksen työnsi kone, joten niitä vaaditaan yksi enemmän)' ELSE '' END END AS what_fi
FROM fact_push_refs r JOIN fact_push p ON p.n = r.n
WHERE r.kind = 'branch' AND r.protected AND r.act <> 'delete' AND r.commits > 0 AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
