/* What a path is. First match of these wins: mode, foreign folders, generated names, CI places, tests, then the
 * extension or name, then the first bytes. To teach it a language or a name, add a row to its table. */
#include "observe/classify.h"

#include <ctype.h>

#include "observe/content_rows.h"
#include "observe/critical.h"

#define HEAD_BINARY 8000 /* as git looks for a NUL */
#define HEAD_BANNER 2048 /* a generated file says so at its top */

struct kind {
    const char *names; /* "a|b|c", lower case */
    const char *class, *language;
};

/* By extension. */
static const struct kind extensions[] = {
    {"c|h", "code", "c"},
    {"cc|cpp|cxx|hh|hpp|hxx|inl|ipp|tpp", "code", "cpp"},
    {"py|pyw|pyx|pyi|pxd", "code", "python"},
    {"js|mjs|cjs|jsx", "code", "javascript"},
    {"ts|tsx|mts|cts", "code", "typescript"},
    {"java", "code", "java"},
    {"cs|csx|razor|cshtml", "code", "csharp"},
    {"go", "code", "go"},
    {"rs", "code", "rust"},
    {"rb|rake|gemspec|ru|erb", "code", "ruby"},
    {"php|phtml|php5|inc", "code", "php"},
    {"kt|kts", "code", "kotlin"},
    {"scala|sbt", "code", "scala"},
    {"swift", "code", "swift"},
    {"m|mm", "code", "objective-c"},
    {"sh|bash|zsh|ksh|fish|bats", "code", "shell"},
    {"ps1|psm1|psd1", "code", "powershell"},
    {"bat|cmd", "code", "batch"},
    {"pl|pm|perl|cgi", "code", "perl"},
    {"lua", "code", "lua"},
    {"r", "code", "r"},
    {"sql|psql|pgsql|ddl", "code", "sql"},
    {"vue", "code", "vue"},
    {"svelte", "code", "svelte"},
    {"ex|exs|heex", "code", "elixir"},
    {"erl|hrl", "code", "erlang"},
    {"hs|lhs", "code", "haskell"},
    {"ml|mli", "code", "ocaml"},
    {"fs|fsx|fsi", "code", "fsharp"},
    {"vb|vbs", "code", "visual-basic"},
    {"clj|cljs|cljc|edn", "code", "clojure"},
    {"dart", "code", "dart"},
    {"groovy|gradle", "code", "groovy"},
    {"asm|s", "code", "assembly"},
    {"f|f90|f95|for", "code", "fortran"},
    {"pas|dpr", "code", "pascal"},
    {"jl", "code", "julia"},
    {"nim", "code", "nim"},
    {"zig", "code", "zig"},
    {"d", "code", "d"},
    {"tcl", "code", "tcl"},
    {"el|lisp|cl|scm|rkt", "code", "lisp"},
    {"sol", "code", "solidity"},
    {"awk", "code", "awk"},
    {"proto", "code", "protobuf"},
    {"graphql|gql", "code", "graphql"},
    {"coffee", "code", "coffeescript"},
    {"hbs|ejs|pug|jade|twig|jinja|jinja2|j2|mustache|liquid|haml|slim|blade|tmpl|gotmpl|ftl|jsp|jspx|tag", "code",
     "template"},
    {"html|htm|xhtml", "code", "html"},
    {"css|scss|sass|less|styl", "code", "css"},
    {"tf|tfvars|hcl", "config", "terraform"},
    {"cmake|mk|mak|am|m4|ninja|bzl|bazel", "config", "build"},
    {"yaml|yml", "config", "yaml"},
    {"json|json5|jsonc", "config", "json"},
    {"toml", "config", "toml"},
    {"ini|cfg|conf|cnf|config|properties|prefs|env|editorconfig|service|socket|timer|desktop|rules|plist|csproj|fsproj|"
     "vbproj|"
     "props|targets|sln|vcxproj|nuspec|xcconfig|pbxproj|pc|spec|iml|gni|gn",
     "config", NULL},
    {"xml|xsd|xsl|xslt|wsdl|dtd", "config", "xml"},
    {"md|markdown|mdx|mkd", "doc", "markdown"},
    {"rst|rest", "doc", "rst"},
    {"adoc|asciidoc|asc", "doc", "asciidoc"},
    {"txt|text", "doc", NULL},
    {"org|textile|rdoc|creole|mediawiki|wiki|pod|tex|texi|texinfo|rtf", "doc", NULL},
    {"1|2|3|4|5|6|7|8|man", "doc", "man"},
    {"csv|tsv|jsonl|ndjson|dump|dat|data|ldif|geojson|log|arff|pcap|har|po|pot|xlf|xliff|strings|resx|pem|crt|cer|key|"
     "der|pub|"
     "csr|snap|out|golden|expected|ics|vcf|eml|mbox|dic|aff|diff|patch",
     "data", NULL},
    {"png|jpg|jpeg|gif|bmp|ico|icns|webp|tif|tiff|psd|xcf|avif|heic|pdf|doc|docx|xls|xlsx|ppt|pptx|odt|ods|odp|zip|gz|"
     "tgz|bz2|"
     "xz|zst|7z|rar|tar|lz4|br|jar|war|ear|aar|apk|ipa|dmg|iso|deb|rpm|msi|exe|dll|so|dylib|a|o|obj|lib|class|pyc|pyo|"
     "pyd|whl|"
     "egg|node|wasm|bin|img|rom|hex|elf|woff|woff2|ttf|otf|eot|mp3|mp4|m4a|m4v|avi|mov|mkv|webm|ogg|ogv|wav|flac|aac|"
     "sqlite|"
     "sqlite3|db|db3|mdb|parquet|avro|orc|npy|npz|pkl|h5|pt|onnx|pb|mo|gmo|jks|p12|pfx|keystore|der|swf|blend|fbx|glb|"
     "ai|eps|"
     "sketch|nupkg|snupkg|dat.gz|phar|gem|crx|xpi|pack|idx|bundle",
     "binary", NULL},
    {"svg", "data", NULL},
    {"lock", "generated", NULL},
    {"map", "generated", NULL},
};

/* By whole name. */
static const struct kind names[] = {
    {"makefile|gnumakefile|kbuild|makefile.am|makefile.in|configure.ac|configure.in|cmakelists.txt|meson.build|meson_"
     "options.txt|"
     "build.bazel|workspace|build|sconstruct|sconscript|wscript|build.xml|justfile|.justfile",
     "config", "build"},
    {"dockerfile|containerfile|.dockerignore", "config", "dockerfile"},
    {"rakefile|gemfile|guardfile|vagrantfile|podfile|fastfile|appfile|brewfile|capfile|thorfile|dangerfile|berksfile|"
     "config.ru",
     "code", "ruby"},
    {"procfile|.gitignore|.gitattributes|.gitmodules|.mailmap|.npmrc|.nvmrc|.yarnrc|.editorconfig|.eslintrc|."
     "prettierrc|"
     ".babelrc|.pylintrc|.flake8|.coveragerc|.rubocop.yml|.clang-format|.clang-tidy|.gitconfig|.bazelrc|.env|.htaccess|"
     "codeowners|"
     ".git-blame-ignore-revs|.npmignore|.eslintignore|.prettierignore|.python-version|.ruby-version|.node-version|."
     "tool-versions|"
     ".gitlint|.codespellrc|.mention-bot|.rspec|.yardopts|.dir-locals.el|go.mod|go.work|pipfile|requirements.in|."
     "browserslistrc|"
     "manifest.in|setup.cfg|py.typed|nginx.conf",
     "config", NULL},
    {"requirements.txt|constraints.txt|dev-requirements.txt|requirements-dev.txt|requirements-test.txt|runtime.txt",
     "config", NULL},
    {"readme|license|licence|copying|copying.lesser|notice|authors|contributors|changelog|changes|news|history|todo|"
     "thanks|"
     "maintainers|credits|install|contributing|security|hacking|bugs|faq|owners|patents|unlicense|releasing|releases|"
     "code_of_conduct|governance|upgrading|support|copyright|acknowledgements|release-notes|relnotes",
     "doc", NULL},
    {"robots.txt|humans.txt", "config", NULL},
    {"jenkinsfile|.gitlab-ci.yml|.gitlab-ci.yaml|.travis.yml|.drone.yml|.woodpecker.yml|.woodpecker.yaml|azure-"
     "pipelines.yml|"
     "azure-pipelines.yaml|bitbucket-pipelines.yml|appveyor.yml|.appveyor.yml|.cirrus.yml|.cirrus.star|buildspec.yml|"
     "cloudbuild.yaml|cloudbuild.yml|.buildkite.yml|codefresh.yml|wercker.yml|.semaphore.yml|tox-ci.ini|circle.yml",
     "ci", NULL},
    {"package-lock.json|npm-shrinkwrap.json|yarn.lock|pnpm-lock.yaml|bun.lock|bun.lockb|composer.lock|gemfile.lock|"
     "poetry.lock|"
     "uv.lock|pdm.lock|pipfile.lock|cargo.lock|go.sum|go.work.sum|packages.lock.json|gradle.lockfile|mix.lock|pubspec."
     "lock|"
     "podfile.lock|flake.lock|deno.lock|package.resolved|buildscript-gradle.lockfile|conan.lock|project.assets.json|"
     "yarn-error.log|paket.lock",
     "generated", NULL},
    {"gradlew|mvnw", "generated", "shell"},
    {"gradlew.bat|mvnw.cmd", "generated", "batch"},
    {"changelog.txt|news.txt|security.txt", "doc", NULL},
    {"authors.xml", "config", NULL},
};

/* By the end of the name. */
static const struct kind endings[] = {
    {".pb.go|.pb.cc|.pb.h|_pb2.py|_pb2.pyi|_pb2_grpc.py|.pb.gw.go|_grpc.pb.go|.pulsar.go|.twirp.go", "generated", NULL},
    {".min.js|.min.css|.bundle.js|.chunk.js|.min.mjs|-min.js|.min.map|.js.map|.css.map", "generated", NULL},
    {".designer.cs|.g.cs|.g.i.cs|.generated.cs|.generated.ts|.generated.go|_generated.go|.gen.go|.gen.ts|_string.go|"
     ".g.dart|.freezed.dart|zz_generated.deepcopy.go",
     "generated", NULL},
    {".d.ts", "code", "typescript"},
};

static const char vendored_folders[] =
    "vendor|vendors|vendored|_vendor|third_party|third-party|thirdparty|3rdparty|3rd-party|"
    "node_modules|bower_components|jspm_packages|.yarn|.venv|venv|site-packages|external_libs|extern|external|"
    "externals|godeps|"
    "pods|carthage|.bundle|deps_src|gems";
static const char generated_folders[] = "dist|__generated__|.next|__pycache__|coverage|generated";
static const char test_folders[] = "test|tests|__tests__|__test__|spec|specs|e2e|testdata|test-data|test_data|testing|"
                                   "unittest|unittests|testcases|integration-test|integration-tests|integration_tests|"
                                   "functional-tests|functional_tests|"
                                   "cypress|__mocks__|mocks|fixtures|fixture|__fixtures__|androidtest|src-test|"
                                   "testutil|testutils|test-utils|test-fixtures|"
                                   "test_utils|autotest|playwright|tests-e2e|frisby|test-fixture|testfixtures|t";
static const char doc_folders[] = "doc|docs|documentation|man|manual|guides";

static const struct kind *find_kind(const struct kind *table, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(s, table[i].names)) return &table[i];
    return NULL;
}
#define FIND(table, s) find_kind((table), sizeof(table) / sizeof((table)[0]), (s))

static const struct kind *find_ending(struct str name)
{
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct str rest = str_from(endings[i].names), e;
        while (str_cut(&rest, '|', &e))
            if (name.n > e.n && str_ends_nocase(name, e)) return &endings[i];
    }
    return NULL;
}

/* "Dockerfile.dev", "dev.Dockerfile" */
static const struct kind *find_by_name(const struct place *pl)
{
    const struct kind *k = FIND(names, pl->name);
    if (k) return k;
    if (str_starts_nocase(pl->name, STR("dockerfile.")) || str_starts_nocase(pl->name, STR("containerfile.")) ||
        str_ends_nocase(pl->name, STR(".dockerfile")))
        return FIND(names, STR("dockerfile"));
    if (str_starts_nocase(pl->name, STR("makefile."))) return FIND(names, STR("makefile"));
    if (str_starts_nocase(pl->name, STR("jenkinsfile"))) return FIND(names, STR("jenkinsfile"));
    if (str_starts(pl->name, STR(".env"))) return FIND(names, STR(".env"));
    if (str_starts_nocase(pl->name, STR("requirements")) && str_ends(pl->name, STR(".txt")))
        return FIND(names, STR("go.mod"));
    if (text_is(pl->stem, "readme|license|licence|copying|notice") &&
        !text_is(pl->ext, "json|yml|yaml|html|py|js|go|rb|c|h|php"))
        return FIND(names, STR("readme"));
    return find_ending(pl->name);
}

static bool is_ci_place(const struct place *pl)
{
    struct str d = pl->dir;
    return str_eq(d, STR(".github/workflows/")) || str_starts(d, STR(".github/actions/")) ||
           str_eq(d, STR(".circleci/")) || str_starts(d, STR(".gitlab-ci/")) || str_starts(d, STR(".gitlab/ci/")) ||
           str_eq(d, STR(".woodpecker/")) || str_starts(d, STR(".buildkite/")) ||
           str_starts(d, STR(".azure-pipelines/")) || str_starts(d, STR(".github/scripts/")) ||
           str_ends_nocase(pl->name, STR(".gitlab-ci.yml")) ||
           (str_starts(pl->name, STR("azure-pipelines")) && text_is(pl->ext, "yml|yaml"));
}

/* A test by its own name, as its language's tools find tests. */
static bool is_test_name(const struct place *pl, const char *language)
{
    struct str s = pl->stem;
    if (text_is(pl->ext, "bats|feature")) return true;
    if (!language) return false;
    struct str l = str_from(language);
    if (str_eq(l, STR("go"))) return str_ends(s, STR("_test"));
    if (str_eq(l, STR("python")))
        return str_starts(s, STR("test_")) || str_ends(s, STR("_test")) || text_is(s, "conftest|tests|test");
    if (str_eq(l, STR("ruby")))
        return str_ends(s, STR("_test")) || str_ends(s, STR("_spec")) || text_is(s, "test_helper|spec_helper");
    if (text_is(l, "javascript|typescript|vue|svelte|coffeescript"))
        return str_ends_nocase(s, STR(".test")) || str_ends_nocase(s, STR(".spec")) || str_ends(s, STR(".cy")) ||
               str_ends_nocase(s, STR("spec")) || str_ends(s, STR("_test")) || str_ends(s, STR("-test")) ||
               str_eq(s, STR("test"));
    if (text_is(l, "java|kotlin|csharp|scala|groovy|php|swift|fsharp|visual-basic"))
        return str_ends(s, STR("Test")) || str_ends(s, STR("Tests")) || str_ends(s, STR("TestCase")) ||
               str_ends(s, STR("IT")) || str_ends(s, STR("Spec")) || str_ends(s, STR("TestBase")) ||
               (str_starts(s, STR("Test")) && s.n > 4 && isupper((unsigned char)s.p[4]));
    if (text_is(l, "rust|elixir|dart|perl|c|cpp|shell|lua|erlang"))
        return str_ends(s, STR("_test")) || str_ends(s, STR("_tests")) || str_ends(s, STR("_unittest")) ||
               str_starts(s, STR("test_")) || str_starts(s, STR("unittest_")) || str_eq(s, STR("tests")) ||
               (str_eq(l, STR("cpp")) && (str_ends(s, STR("Test")) || str_ends(s, STR("Tests"))));
    return false;
}

/* "t" is Perl's and git's folder of tests, but only at the top or in a Perl distribution; "spec" of an RFC is prose. */
static bool below_tests(const struct place *pl)
{
    struct str rest = pl->dir, part;
    for (int depth = 0; str_cut(&rest, '/', &part); depth++) {
        if (str_eq(part, STR("t")) && depth > 0) continue;
        if (text_is(part, test_folders)) return true;
        if (part.n > 6 &&
            (str_ends(part, STR(".Tests")) || str_ends(part, STR(".Test")) || str_ends(part, STR("Tests")) ||
             str_ends(part, STR("-tests")) || str_ends(part, STR("_tests")) || str_ends(part, STR("-test"))))
            return true;
    }
    return false;
}

static bool is_vendored(const struct place *pl)
{
    struct str rest = pl->dir, part, before = STR("");
    for (int depth = 0; str_cut(&rest, '/', &part); before = part, depth++) {
        if (!text_is(part, vendored_folders)) continue;
        /* names that mean something else further down: `gems` is foreign below `vendor` only, `external` at the top
         * only */
        if (text_is(part, "gems|pods") && !text_is(before, "vendor|vendored") &&
            !(depth == 0 && str_eq(part, STR("Pods"))))
            continue;
        if (text_is(part, "extern|external|externals|vendors") && depth > 1) continue;
        return true;
    }
    return false;
}

static bool is_generated_banner(struct str head)
{
    struct str top = str_slice(head, 0, HEAD_BANNER);
    struct lines l = {.rest = top};
    struct str line;
    while (l.line < 40 && lines_next(&l, &line)) {
        line = str_trim(line);
        if (line.n < 10 || line.n > 300) continue;
        /* in a comment only: a program that writes such banners has them in strings */
        if (!strchr("/#*;-<!%{\"'", line.p[0]) && !str_starts(line, STR("REM "))) continue;
        if (str_has(line, STR("DO NOT EDIT")) && str_has_nocase(line, STR("generated"))) return true;
        if (str_has(line, STR("@generated")) && !str_has(line, STR("@generated SignedSource<<")) &&
            !isalnum((unsigned char)line.p[0])) {
            const char *at = str_find(line, STR("@generated"));
            struct str after = str_slice(line, (size_t)(at - line.p) + 10, line.n);
            if (!after.n || after.p[0] == ' ' || after.p[0] == '*') return true;
        }
        if (str_has_nocase(line, STR("do not edit")) &&
            (str_has_nocase(line, STR("autogenerated")) || str_has_nocase(line, STR("auto-generated")) ||
             str_has_nocase(line, STR("automatically generated")) || str_has_nocase(line, STR("generated by"))))
            return true;
        if (str_has_nocase(line, STR("<auto-generated"))) return true;
        if (str_has_nocase(line, STR("this file was automatically generated")) ||
            str_has_nocase(line, STR("this file is automatically generated")) ||
            str_has_nocase(line, STR("this file was autogenerated by")) ||
            str_has_nocase(line, STR("this file is auto-generated")) ||
            str_has_nocase(line, STR("this file is autogenerated by")))
            return true;
    }
    return false;
}

static const char *language_of_shebang(struct str head)
{
    if (!str_starts(head, STR("#!"))) return NULL;
    struct lines l = {.rest = str_slice(head, 0, 200)};
    struct str line;
    if (!lines_next(&l, &line)) return NULL;
    static const struct {
        const char *word, *language;
    } shebangs[] = {
        {"python", "python"}, {"node", "javascript"}, {"deno", "typescript"}, {"ruby", "ruby"}, {"perl", "perl"},
        {"php", "php"},       {"bash", "shell"},      {"zsh", "shell"},       {"awk", "awk"},   {"tclsh", "tcl"},
        {"lua", "lua"},       {"make", "build"},      {"sh", "shell"},
    };
    for (size_t i = 0; i < sizeof shebangs / sizeof shebangs[0]; i++)
        if (str_has(line, str_from(shebangs[i].word))) return shebangs[i].language;
    return "shell";
}

struct classification classify(struct str path, uint32_t mode, struct str head)
{
    struct classification k = {.class = "other"};
    if (mode == 0120000) return (struct classification){.class = "symlink"};
    if (mode == 0160000) return (struct classification){.class = "submodule"};

    struct place pl = place_of(path, NULL);
    const struct kind *by_name = find_by_name(&pl), *by = by_name ? by_name : FIND(extensions, pl.ext);
    if (by) {
        k.class = by->class;
        k.language = by->language;
        /* a generated name keeps the language of its extension */
        const struct kind *e = FIND(extensions, pl.ext);
        if (!k.language && e && strcmp(k.class, "generated") == 0) k.language = e->language;
    }
    if (head.p && memchr(head.p, 0, head.n < HEAD_BINARY ? head.n : HEAD_BINARY)) {
        k.class = "binary";
        k.language = NULL;
    }
    bool binary = strcmp(k.class, "binary") == 0;
    if (is_vendored(&pl)) k.class = "vendored";
    if (binary || strcmp(k.class, "vendored") == 0 || strcmp(k.class, "generated") == 0) return k;

    if (!by && head.p) {
        k.language = language_of_shebang(head);
        if (k.language) k.class = "code";
    }
    if (is_ci_place(&pl)) {
        k.class = "ci";
        return k;
    }
    if (strcmp(k.class, "ci") == 0) return k;
    bool code = strcmp(k.class, "code") == 0, config = strcmp(k.class, "config") == 0;
    if ((code || config) && ((head.p && is_generated_banner(head)) || (code && place_below(&pl, generated_folders)))) {
        k.class = "generated";
        return k;
    }
    if (code && (below_tests(&pl) || is_test_name(&pl, k.language)))
        k.class = "test";
    else if (code && k.language && text_is(str_from(k.language), "html|css|template") && pl.depth &&
             place_below(&pl, doc_folders))
        k.class = "doc";
    else if (config && below_tests(&pl) && text_is(pl.ext, "json|xml|yaml|yml|properties|ini|cfg|conf|toml|config"))
        k.class = "data";
    else if (strcmp(k.class, "doc") == 0 && below_tests(&pl) && text_is(pl.ext, "txt|text|md|rst|1|2|3|4|5|6|7|8") &&
             !text_is(pl.stem, "readme|contributing|testing|changelog|hacking"))
        k.class = "data";
    else if (!by && below_tests(&pl) && strcmp(k.class, "other") == 0)
        k.class = "data";
    else if (!by && strcmp(k.class, "other") == 0 && place_below(&pl, doc_folders) && str_eq(pl.ext, STR("")))
        k.class = "doc";

    if (strcmp(k.class, "code") == 0) k.critical_hint = critical_hint(&pl, k.language, head);
    return k;
}
