-- Evidence: environments other than production confirmed in the register: what they say of production data. Where approved
-- copies are allowed, no copy in it is past its end. Pushes to repositories with a gate: files of data with five or more pieces of
-- personal data whose check digit is right, more than stood in them before, fail.
-- Blind spots: environments and copies that nobody registered; repositories without a gate; names and addresses alone; invented data
-- with right check digits (allow it beside it); binary dumps.
WITH copies AS MATERIALIZED (
  SELECT c.environment, max(c.until + 86400 <= :now) AS late, min(CASE WHEN c.until + 86400 > :now THEN c.until + 86400 END) AS ends
  FROM item_data_copy c WHERE c.state = 'approved' AND c.environment IS NOT NULL GROUP BY c.environment
), brought AS (
  SELECT d.n, d.line, d.items, d.found_in,
         CASE d.found_in WHEN 'message' THEN 'the message of commit ' || substr(d.object, 1, 12) || ', line ' || d.line WHEN 'tag' THEN 'the text of tag ' || substr(d.object, 1, 12) || ', line ' || d.line
           ELSE d.path || ':' || d.line END AS place_en,
         CASE d.found_in WHEN 'message' THEN 'commitin ' || substr(d.object, 1, 12) || ' viestin rivi ' || d.line WHEN 'tag' THEN 'merkin ' || substr(d.object, 1, 12) || ' tekstin rivi ' || d.line
           ELSE d.path || ':' || d.line END AS place_fi,
         count(*) OVER (PARTITION BY d.n) AS files, row_number() OVER (PARTITION BY d.n ORDER BY d.seq) AS nth,
         CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'Finnish personal identity codes' WHEN 'iban' THEN 'bank account numbers'
           ELSE 'payment card numbers' END AS kind_en,
         CASE d.rule WHEN 'finnish_personal_identity_code' THEN 'henkilötunnuksia' WHEN 'iban' THEN 'tilinumeroita' ELSE 'maksukorttien numeroita' END AS kind_fi
  FROM fact_push_personal d
)
SELECT i.subject AS subject,
       CASE WHEN i.production_data = 'yes' THEN 0
            WHEN c.late THEN 0
            WHEN i.production_data IN ('never', 'approved') THEN 1 END AS ok, i.state_at AS at, NULL AS due,
       c.ends AS changes_at,
       i.via AS via, i.approved AS approved, i.name AS name, i.title AS title,
       'The environment ' || i.title || ' (' || i.name || ') ' || CASE WHEN i.production_data = 'yes' THEN 'holds production data, and is no production'
         ELSE 'holds a copy of production data that is past its end' END AS what_en,
       'Ympäristö ' || i.title || ' (' || i.name || ') ' || CASE WHEN i.production_data = 'yes' THEN 'sisältää tuotantotietoa, vaikka se ei ole tuotantoa'
         ELSE 'sisältää tuotantotiedon kopion, joka piti jo poistaa' END AS what_fi,
       'Remove production data from ' || i.title || '; where a test cannot do without it, ask for a copy with an end' AS how_en,
       'Poista tuotantotieto ympäristöstä ' || i.title || '. Jos testi ei onnistu ilman sitä, pyydä määräaikaista kopiota' AS how_fi
FROM item_environment i LEFT JOIN copies c ON c.environment = i.subject WHERE i.phase = 'in_force' AND i.purpose <> 'production'
UNION ALL
SELECT r.ref, 0, p.at, NULL, NULL, p.via, NULL, NULL, NULL,
       'it brings what looks like data of real people: ' || b.place_en || ', ' || b.kind_en || ', ' || b.items || CASE WHEN b.found_in IS NULL THEN ' in the file' ELSE ' of them' END
         || CASE WHEN b.files > 1 THEN ', and in ' || (b.files - 1) || ' more' ELSE '' END,
       'se tuo tietoja, jotka vaikuttavat oikeiden ihmisten tiedoilta: ' || b.place_fi || ', ' || b.kind_fi || CASE WHEN b.found_in IS NULL THEN ', tiedostossa ' ELSE ', ' END || b.items || ' kpl'
         || CASE WHEN b.files > 1 THEN ', ja muissa tiedostoissa (' || (b.files - 1) || ')' ELSE '' END,
       CASE WHEN b.found_in IS NULL THEN 'Put invented values in their place in every commit; if nobody real is behind them, allow them with a reason (sinetti:allow)'
         WHEN b.found_in = 'tag' THEN 'Delete the tag (git tag -d) and make it anew without them' ELSE 'Write the commit anew without them: git commit --amend for the newest, git rebase -i with reword for an earlier one' END,
       CASE WHEN b.found_in IS NULL THEN 'Korvaa tiedot keksityillä jokaisessa commitissa. Jos taustalla ei ole oikeita ihmisiä, salli ne perustellusti (sinetti:allow)'
         WHEN b.found_in = 'tag' THEN 'Poista merkki (git tag -d) ja tee se uudelleen ilman niitä' ELSE 'Kirjoita commit uudelleen ilman niitä: viimeisin komennolla git commit --amend, aiempi komennolla git rebase -i (reword)' END
FROM brought b JOIN fact_push_refs r ON r.n = b.n JOIN fact_push p ON p.n = b.n
WHERE b.nth = 1 AND r.act <> 'delete' AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = r.n AND y.ref = r.ref)
