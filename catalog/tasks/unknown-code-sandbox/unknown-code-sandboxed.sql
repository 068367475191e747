-- Evidence: downloads run at once in a shell, third-party actions taken from a branch or moving tag, and programs kept
-- in binary form (a folder's are told of once), none of them under tests, examples or documentation, nor beside their
-- sources or a README; what a commit id or digest fixes is fine. A
-- document on running unknown code speaks for the repository.
-- Blind spots: what people run on their own machines; whether the machine that runs it is isolated; archives, vendored
-- folders and packages of the language. Actions and images by version (NULL) have a known publisher, but can change
-- unseen. Nothing in a repository names its organization: an owner with several actions by branch, or whose branches
-- were merged here, is taken for it (NULL).
WITH live AS MATERIALIZED ( -- what the project itself builds and runs
  SELECT path, class, mode, size, '/' || lower(path) AS low,
         replace(path, rtrim(path, replace(path, '/', '')), '') AS name FROM files
  WHERE class NOT IN ('test', 'doc', 'data', 'vendored', 'generated')
), ours AS MATERIALIZED (
  SELECT path, class, mode, size, low, lower(name) AS name, rtrim(path, replace(path, '/', '')) AS folder FROM live
  WHERE NOT (low LIKE '%test%/%' OR low LIKE '%fixture%/%' OR low LIKE '%/spec/%' OR low LIKE '%sample%/%'
             OR low LIKE '%example%/%' OR low LIKE '%demo%/%' OR low LIKE '%corpus%/%' OR low LIKE '%corpora%/%'
             OR low LIKE '%/e2e%/%' OR low LIKE '%mock%/%' OR low LIKE '%fuzz%/%' OR low LIKE '%/doc/%'
             OR low LIKE '%/docs/%' OR low LIKE '%bench%/%')
), action AS MATERIALIZED (
  SELECT p.path, p.line, p.target, p.pinned,
         lower(substr(p.target, 1, instr(p.target || '/', '/') - 1)) AS owner,
         lower(substr(p.target, 1, instr(p.target || '@', '@') - 1)) AS action,
         p.pinned = 0 AND p.target NOT LIKE '%/.github/workflows/%'
           AND lower(substr(p.target, instr(p.target, '@') + 1)) IN ('main', 'master', 'head', 'trunk', 'develop',
             'dev', 'next', 'latest', 'stable', 'nightly', 'beta', 'edge', 'canary', 'unstable') AS moving
  FROM pins p WHERE p.kind = 'action' AND p.first_party = 0
), kin(owner) AS ( -- likely one's own organization: several actions by branch, or branches merged from it
  SELECT owner FROM action WHERE moving = 1 GROUP BY owner HAVING count(DISTINCT action) > 1
  UNION
  SELECT lower(substr(m.rest, 1, instr(m.rest, '/') - 1)) FROM (
    SELECT substr(subject_line, instr(subject_line, ' from ') + 6) AS rest FROM commits
    WHERE parents > 1 AND subject_line GLOB 'Merge pull request #[0-9]* from *?/?*') m
), wrapper(ok) AS (
  SELECT max(1) FROM pins WHERE kind = 'action' AND (target LIKE 'gradle/wrapper-validation-action%'
    OR target LIKE 'gradle/actions/wrapper-validation%' OR target LIKE 'gradle/actions/setup-gradle%')
), told(folder) AS MATERIALIZED ( -- beside programs: their sources, or a note on where they came from
  SELECT folder FROM ours WHERE name LIKE '%.c' OR name LIKE '%.cc' OR name LIKE '%.cpp' OR name LIKE '%.m'
    OR name LIKE '%.rs' OR name LIKE '%.go' OR name LIKE '%.swift' OR name LIKE '%.zig' OR name LIKE '%.cs'
  UNION
  SELECT rtrim(path, replace(path, '/', '')) FROM files WHERE class = 'doc' AND lower(path) LIKE '%/readme%'
), program AS (
  SELECT f.path, f.folder,
         CASE WHEN f.name = 'gradle-wrapper.jar' THEN w.ok
              WHEN f.name <> 'maven-wrapper.jar' AND (f.folder = '' OR f.folder NOT IN (SELECT folder FROM told))
              THEN 0 END AS ok
  FROM asked a JOIN ours f ON f.path = a.name CROSS JOIN wrapper w
  WHERE a.type = 'file' AND f.class = 'binary' AND f.size > 200 -- less is a stand-in for a file kept elsewhere
    AND (replace(f.name, rtrim(f.name, replace(f.name, '.', '')), '') IN ('exe', 'dll', 'so', 'dylib', 'jar', 'war',
           'ear', 'aar', 'class', 'pyc', 'pyd', 'node', 'o', 'a', 'apk', 'msi', 'deb', 'rpm', 'whl', 'egg', 'gem',
           'nupkg', 'phar', 'elf')
         OR f.name LIKE '%.wasm' AND f.low NOT LIKE '%/public/%' AND f.low NOT LIKE '%/static/%'
           AND f.low NOT LIKE '%/assets/%' AND f.low NOT LIKE '%/dist/%' AND f.low NOT LIKE '%/www/%'
         OR f.name GLOB '*.so.[0-9]*' OR f.mode = 33261 AND instr(f.name, '.') = 0)
), found AS (
  SELECT h.path, h.line, 'shell' AS reason, h.what AS target, h.fingerprint, h.allowed AS ok
  FROM hits h JOIN ours f ON f.path = h.path WHERE h.category = 'download_to_shell'
  UNION ALL
  SELECT x.path, min(x.line), 'action', x.target, x.action,
         CASE WHEN x.pinned = 1 THEN 1 WHEN x.moving = 1 AND x.owner NOT IN (SELECT owner FROM kin) THEN 0 END
  FROM action x JOIN ours f ON f.path = x.path GROUP BY x.path, x.action, x.pinned, x.moving -- a file's first use
  UNION ALL
  SELECT p.path, p.line, 'image', p.target, p.target, CASE p.pinned WHEN 1 THEN 1 END
  FROM pins p JOIN ours f ON f.path = p.path WHERE p.kind = 'image'
  UNION ALL
  SELECT path, NULL, 'binary', CASE n WHEN 1 THEN '' ELSE n - 1 END, path, ok FROM (
    SELECT path, ok, count(*) OVER (PARTITION BY folder, ok) AS n,
           row_number() OVER (PARTITION BY folder, ok ORDER BY path) AS place FROM program)
  WHERE place = 1 OR ok IS NOT 0
), said AS (
  SELECT d.path, min(t.line) AS line FROM documents d JOIN topics t ON t.path = d.path
  WHERE d.placeholder = 0 AND t.topic = 'unknown_code'
    AND (t.heading = 1 OR EXISTS (SELECT 1 FROM topics v WHERE v.path = d.path AND v.topic = 'sandbox'))
    AND d.kind NOT IN ('readme', 'changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
)
SELECT a.subject, f.ok AS ok, NULL AS at, NULL AS due, f.path AS path, f.line AS line, f.fingerprint AS fingerprint,
       f.path || coalesce(':' || f.line, '') AS place,
       CASE f.reason WHEN 'shell' THEN 'runs a download in a shell at once: whatever the server sends is executed'
         WHEN 'action' THEN 'runs ' || f.target || ': whoever moves that branch or tag decides what runs here'
         WHEN 'binary' THEN CASE f.target
             WHEN '' THEN 'is a program in binary form: no review can tell what it does or what it was made from'
             ELSE 'and ' || f.target || ' more in its folder are programs in binary form: no review can tell what they '
               || 'do or what they were made from' END
         END AS reason_en,
       CASE f.reason WHEN 'shell' THEN 'ajaa latauksen suoraan komentotulkissa: kaikki palvelimen lähettämä suoritetaan'
         WHEN 'action' THEN 'ajaa toiminnon ' || f.target
           || ': haaran tai tunnisteen siirtäjä päättää, mitä täällä suoritetaan'
         WHEN 'binary' THEN CASE f.target
             WHEN '' THEN 'on binäärimuotoinen ohjelma: katselmoinnissa ei näe, mitä se tekee ja mistä se on tehty'
             ELSE 'ja ' || f.target || ' muuta samassa kansiossa ovat binäärimuotoisia ohjelmia: katselmoinnissa ei '
               || 'näe, mitä ne tekevät ja mistä ne on tehty' END
         END AS reason_fi,
       CASE f.reason WHEN 'shell'
         THEN 'Download to a file, compare it with a known digest and run it only then, or install a signed package.'
         WHEN 'action' THEN 'Put the full id of a commit you have looked at in place of the branch or moving tag in '
           || f.target || '.'
         WHEN 'binary' THEN 'Build it from source, or fetch it from its publisher and compare it with a known digest. '
           || 'If it has to stay, write down where it came from and run it only in a sandbox.' END AS fix_en,
       CASE f.reason
         WHEN 'shell' THEN 'Lataa tiedostoon, vertaa sitä tunnettuun tiivisteeseen ja suorita vasta sitten, '
           || 'tai asenna allekirjoitettu paketti.'
         WHEN 'action' THEN 'Korvaa haara tai siirtyvä tunniste kohteessa ' || f.target
           || ' sellaisen commitin koko tunnisteella, jonka olet tarkistanut.'
         WHEN 'binary' THEN 'Käännä se lähdekoodista tai nouda se julkaisijaltaan ja vertaa tunnettuun tiivisteeseen. '
           || 'Jos sen on oltava täällä, kirjaa mistä se on peräisin ja aja sitä vain hiekkalaatikossa.' END AS fix_fi
FROM asked a JOIN found f ON f.path = a.name
WHERE a.type = 'file'
UNION ALL
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 END, NULL, NULL, s.path, s.line, NULL, NULL, NULL, NULL,
       NULL, NULL
FROM asked a LEFT JOIN (SELECT path, line FROM said ORDER BY path LIMIT 1) s ON 1
WHERE a.type = 'repo'
