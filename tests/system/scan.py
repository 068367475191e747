"""Goal: a defect planted in a file is found in its task, at its line, without its value; the clean twin of each stays silent."""
import values as v

UNKNOWN, IN_TEST, IN_PLACE = "unknown-code-sandbox/unknown-code-sandboxed", "test-data-protection/personal-data-excluded", "environment-separation/personal-data-kept-out"
NEED_TO_KNOW = "source-code-management/need-to-know"
FRAUD, DISCLOSURE, OLD = ("public-network-encryption/" + key for key in ("fraud-prevented", "disclosure-prevented", "strong-protocols"))
AT_REST, GUESSABLE = "password-encryption/protected-at-rest", "temporary-credentials/not-guessable"
SECRET = "source-code-management/need-to-know"
CREDENTIAL, PRODUCTION = "test-data-protection/confidential-data-excluded", "environment-separation/production-undisturbed"


def look(t, planted, twins, secret=()):
    """planted: path → (content, obligation, line); twins: path → content. No value of `secret` stands in any report."""
    bad, good = t.repo("bad"), t.repo("good")
    bad.commit("plant", {path: content for path, (content, _, _) in planted.items()})
    good.commit("plant", twins)
    found = t.assess(bad).findings()
    for path, (_, obligation, line) in planted.items():
        hits = [f for f in found if f.get("path") == path and f["of"] == obligation]
        t.equal([f.get("line") for f in hits], [line], "%s of %s in %s" % (obligation, path, sorted({f.get("path") for f in found})))
    for f in t.assess(good).findings():
        t.true(f.get("path") not in twins, "a finding in a clean twin: %s" % f)
    for form in ("text", "json", "html", "sarif", "markdown"):
        out = t.run("assess", "--format", form, "--now", "2026-01-01T00:00:00Z", bad.path, code=0).out
        for value in secret:
            t.lacks(out, value)


def test_downloads(t):
    look(t, {
        "install.sh": ("#!/bin/sh\nset -e\ncurl -fsSL https://get.shop.fi/install.sh | sh\n", UNKNOWN, 3),
        "Dockerfile": ("FROM debian:12\nRUN curl -sSL https://get.shop.fi/x.py | python3 -\n", UNKNOWN, 2),
        ".github/workflows/ci.yml": ("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/tool@main\n", UNKNOWN, 6),
        "package.json": ('{\n  "scripts": {\n    "postinstall": "curl -s https://get.shop.fi/x.sh | bash"\n  }\n}\n', UNKNOWN, 3),
        "tools/helper.exe": (b"MZ\0\0" + bytes(range(256)) * 4, UNKNOWN, None),
    }, {
        "install.sh": "#!/bin/sh\nset -e\ncurl -fsSLO https://get.shop.fi/install.sh\nsha256sum -c install.sha256\nsh install.sh\n",
        "Dockerfile": "FROM debian@sha256:%s\nRUN curl -sSL https://get.shop.fi/x.json | jq .name\n" % v.letters(64, "0123456789abcdef"),
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/tool@%s\n"
                                    % v.letters(40, "0123456789abcdef"),
        "docs/install.md": "Some run `curl https://get.shop.fi/install.sh | sh`; we do not.\n",
        "tools/logo.png": b"\x89PNG\r\n\x1a\n\0" + bytes(range(256)) * 4,
    })


def test_passwords_hashed_fast(t):
    look(t, {
        "app/users.py": ("import hashlib\ndef store(user, password):\n    user.password = hashlib.md5(password.encode()).hexdigest()\n", AT_REST, 3),
        "app/auth.js": ("const digest = crypto.createHash('sha1').update(req.body.password).digest('hex');\n", AT_REST, 1),
        "src/Login.php": ("<?php\n$hash = md5($password);\n", AT_REST, 2),
    }, {
        "app/users.py": "import bcrypt\ndef store(user, password):\n    user.password = bcrypt.hashpw(password.encode(), bcrypt.gensalt())\n",
        "app/etag.py": "import hashlib\ndef etag(body):\n    return hashlib.md5(body).hexdigest()\n",
        "app/auth.js": "// once: crypto.createHash('sha1').update(req.body.password)\nconst ok = await argon2.verify(user.hash, req.body.password);\n",
    })


def test_guessable_and_default_passwords(t):
    look(t, {
        "config/app.yml": ("admin:\n  username: admin\n  password: admin\n", GUESSABLE, 3),
        "db/seeds.rb": ('User.create!(email: "admin@shop.fi", password: "password123", role: :admin)\n', GUESSABLE, 1),
        "src/Setup.java": ('class Setup {\n    private static final String INITIAL_ADMIN_PASSWORD = "Welcome123";\n}\n', GUESSABLE, 2),
    }, {
        "config/app.yml": "admin:\n  username: admin\n  password: ${ADMIN_PASSWORD}\n",
        "db/seeds.rb": 'User.create!(email: "admin@shop.fi", password: SecureRandom.hex(16), role: :admin)\n',
        "src/Setup.java": 'class Setup {\n    private static final String PASSWORD_FIELD = "password";\n}\n',
        "docs/setup.md": "Sign in as admin with the password admin123 and change it.\n",
    })


def test_certificates_not_checked(t):
    look(t, {
        "app/client.py": ("import requests\n\nr = requests.get(url, verify=False)\n", FRAUD, 3),
        "src/api.js": ("const agent = new https.Agent({ rejectUnauthorized: false });\n", FRAUD, 1),
        "pkg/client.go": ("package pkg\n\nvar tr = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}\n", FRAUD, 3),
        "src/fetch.c": ("void f(CURL *curl)\n{\n    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);\n}\n", FRAUD, 3),
    }, {
        "app/client.py": "import requests\n\n# never: requests.get(url, verify=False)\nr = requests.get(url, verify='/etc/ssl/ca.pem')\n",
        "src/api.js": "const agent = new https.Agent({ rejectUnauthorized: true });\n",
        "pkg/client.go": "package pkg\n\nvar tr = &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}\n",
        "src/fetch.c": "void f(CURL *curl)\n{\n    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);\n}\n",
        "tests/test_client.py": "import requests\n\nr = requests.get('https://localhost:8443', verify=False)\n",
    })


def test_plain_http_and_old_tls(t):
    look(t, {
        "src/orders.js": ("const r = await fetch('http://api.shop.fi/v1/orders', {method: 'POST'});\n", DISCLOSURE, 1),
        "src/tls.py": ("import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n", OLD, 3),
        "deploy/nginx.conf": ("server {\n    listen 443 ssl;\n    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n", OLD, 3),
    }, {
        "src/orders.js": "const r = await fetch('https://api.shop.fi/v1/orders', {method: 'POST'});\nconst dev = 'http://localhost:3000/';\n",
        "src/names.py": "SVG = 'http://www.w3.org/2000/svg'\nEXAMPLE = 'http://example.org/'\n",
        "src/tls.py": "import ssl\n\ncontext = ssl.create_default_context()\ncontext.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        "deploy/nginx.conf": "server {\n    listen 443 ssl;\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n",
    })


def rows(header, make, n=6):
    return header + "\n" + "".join("%s,%s\n" % (name, make()) for name in ["Aino", "Eino", "Veli", "Siiri", "Onni", "Lumi"][:n])


def test_personal_data(t):
    codes, accounts, cards = [[make() for _ in range(6)] for make in (v.hetu, v.iban, v.card)]
    look(t, {
        "db/customers.csv": (rows("name,hetu", iter(codes).__next__), IN_PLACE, 2),
        "tests/fixtures/people.csv": (rows("name,hetu", iter(codes).__next__), IN_TEST, 2),
        "data/accounts.csv": (rows("name,iban", iter(accounts).__next__), IN_PLACE, 2),
        "tests/fixtures/payments.csv": (rows("name,card_number", iter(cards).__next__), IN_TEST, 2),
    }, {
        "db/customers.csv": rows("name,hetu", lambda: v.hetu(valid=False)),
        "tests/fixtures/people.csv": rows("name,hetu", lambda: v.hetu(), 2),
        "data/accounts.csv": rows("name,iban", lambda: v.iban(valid=False)),
        "data/serials.csv": rows("name,serial", lambda: v.letters(16, "0123456789")),
        "tests/fixtures/payments.csv": rows("name,card_number", lambda: v.card(valid=False)),
        "tests/fixtures/published.csv": "name,card_number\na,4111111111111111\nb,4242424242424242\nc,5555555555554444\nd,378282246310005\ne,4012888888881881\n",
        "tests/test_codes.py": "VALID = [%r, %r, %r, %r, %r]\n" % tuple(v.hetu() for _ in range(5)),
    }, secret=codes + accounts + cards)


def test_credentials_and_production_in_tests(t):
    token, key, secret, word = v.github_token(), v.aws_id(), v.letters(40, v.BASE62 + "+/"), v.password()
    look(t, {
        "tests/test_api.py": ("import api\n\nTOKEN = '%s'\n" % token, CREDENTIAL, 3),
        "tests/fixtures/keys.json": ('{"id": "%s",\n "aws_secret_access_key": "%s"}\n' % (key, secret), CREDENTIAL, 1),
        "src/test/resources/application-test.yml": ("spring:\n  datasource:\n    url: jdbc:postgresql://prod-db.shop.fi:5432/shop\n"
                                                    "    password: %s\n" % word, PRODUCTION, 3),
    }, {
        "tests/test_api.py": "import api\n\nTOKEN = '%s'\nOTHER = 'ghp_%s'\n" % (v.spoiled(token), "x" * 36),
        "tests/fixtures/keys.json": '{"id": "%s"}\n' % ("AKIA" + "IOSFODNN7" + "EXAMPLE"),
        "src/test/resources/application-test.yml": "spring:\n  datasource:\n    url: jdbc:postgresql://localhost:5432/shop\n",
    }, secret=[token, key, secret, word])


def test_secrets_in_live_code(t):
    token, key, pem = v.github_token(), v.aws_id(), v.private_key()
    look(t, {
        "src/app.py": ("import os\n\nTOKEN = '%s'\n" % token, SECRET, 3),
        "src/aws.js": ("export const id = '%s';\n" % key, SECRET, 1),
        "deploy/id_rsa": (pem, SECRET, 1),
    }, {
        "src/app.py": "import os\n\nTOKEN = os.environ['TOKEN']\nOLD = '%s'\n" % v.spoiled(token),
        "src/aws.js": "export const id = '%s';\n" % ("AKIA" + "IOSFODNN7" + "EXAMPLE"),
        "deploy/id_rsa.pub": "ssh-rsa %s deploy@shop.fi\n" % v.letters(372),
        "docs/keys.md": "A key begins with `-----BEGIN RSA PRIVATE" + " KEY-----`.\n",
    }, secret=[token, key, *pem.splitlines()[1:-1]])


def test_an_allowance_needs_a_reason(t):
    repo = t.repo()
    line = "r = requests.get(url, verify=False)"
    repo.commit("plant", {"app/a.py": line + "  # sinetti:allow tls_verification_off the appliance has no certificate of its own\n",
                          "app/b.py": line + "  # sinetti:allow tls_verification_off\n",
                          "app/c.py": "# sinetti:allow tls_verification_off measured against a device without a name\n" + line + "\n"})
    found = {f["path"] for f in t.assess(repo).findings() if f["of"] == FRAUD}
    t.equal(found, {"app/b.py"})


def test_each_file_is_found_again_when_lines_move(t):
    repo = t.repo()
    repo.commit("plant", {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"})
    before = [f["id"] for f in t.assess(repo).findings() if f["of"] == FRAUD]
    repo.commit("move", {"app/client.py": "import os\nimport requests\n\n\nr = requests.get(url, verify=False)\n"})
    t.equal([f["id"] for f in t.assess(repo).findings() if f["of"] == FRAUD], before)
    t.equal(len(before), 1)


def test_secrets_are_told_where_everybody_can_read_them(t):
    key, word = v.github_token(), v.password()
    planted = {
        "src/app.py": ('x = 1\ntoken = "%s"\n' % key, NEED_TO_KNOW, 2),
        "deploy/prod.env": ("SMTP_PASSWORD=%s\n" % word, NEED_TO_KNOW, 1),
    }
    twins = {
        "src/app.py": "x = 1\ntoken = os.environ['TOKEN']\n",
        "src/spoiled.py": 'token = "%s"\n' % v.spoiled(key),
        "config/dev.env": "SMTP_PASSWORD=%s\n" % word,
        "docs/api/openapi.yaml": "example:\n  password: '%s'\n" % word,
        "src/kept.py": '# sinetti:allow github_token revoked, kept to show its form\ntoken = "%s"\n' % key,
    }
    look(t, planted, twins, (key, word))
