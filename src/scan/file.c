/* What kind of file a path names, for the scanner's purposes: finer than the caller's class, and by the path alone. */
#include "scan/match.h"

static const struct {
    const char *words;
    enum syntax syntax;
} by_language[] = {
    {"c|cpp|c++|objective-c|objc|java|kotlin|scala|go|rust|swift|csharp|c#|dart|groovy|protobuf|cuda|zig|d|v|solidity|"
     "gradle",
     SYNTAX_C},
    {"javascript|typescript|jsx|tsx|vue|svelte|css|scss|less|json5|jsonc|coffeescript", SYNTAX_JS},
    {"python|starlark|cython", SYNTAX_PYTHON},
    {"ruby|crystal", SYNTAX_RUBY},
    {"shell|bash|sh|zsh|fish|perl|r|yaml|toml|dockerfile|docker|makefile|make|cmake|elixir|nix|properties|conf|nginx|"
     "apache|hcl|"
     "terraform|awk|tcl|julia|dotenv|env|graphql|puppet|meson",
     SYNTAX_HASH},
    {"php|hack", SYNTAX_PHP},
    {"sql|plsql|ada|elm|haskell|vhdl", SYNTAX_SQL},
    {"html|xml|markdown|xslt|svg|xaml", SYNTAX_XML},
    {"ini", SYNTAX_INI},
    {"lua", SYNTAX_LUA},
    {"lisp|clojure|scheme|emacs-lisp|elisp|assembly|asm", SYNTAX_LISP},
    {"powershell", SYNTAX_POWERSHELL},
    {"batch|batchfile|cmd", SYNTAX_BATCH},
    {"tex|latex|erlang|matlab|prolog|postscript", SYNTAX_PERCENT},
    {"vim|viml|vimscript", SYNTAX_VIM},
};

static const struct {
    const char *words;
    enum syntax syntax;
} by_extension[] = {
    {"c|h|cc|cpp|cxx|hpp|hh|hxx|m|mm|java|kt|kts|scala|go|rs|swift|cs|dart|groovy|gradle|proto|cu|zig|sol|jenkinsfile|"
     "tf|tfvars|hcl|inc",
     SYNTAX_C},
    {"js|mjs|cjs|jsx|ts|tsx|mts|cts|vue|svelte|css|scss|less|json5|jsonc", SYNTAX_JS},
    {"py|pyi|pyw|bzl|bazel|star", SYNTAX_PYTHON},
    {"rb|rake|gemspec|ru|erb", SYNTAX_RUBY},
    {"sh|bash|zsh|ksh|fish|pl|pm|t|r|yaml|yml|toml|mk|mak|cmake|ex|exs|nix|properties|conf|cnf|env|awk|tcl|jl|graphql|"
     "pp|dockerfile|"
     "service|htaccess|npmrc|netrc|yarnrc|am|in|ac|template",
     SYNTAX_HASH},
    {"php|phtml|php5", SYNTAX_PHP},
    {"sql|hs|ddl|psql|pgsql|mysql", SYNTAX_SQL},
    {"html|htm|xml|xhtml|svg|xsl|xslt|xsd|config|csproj|props|targets|plist|jsp|aspx|cshtml|md|markdown|xaml|pom|wsdl",
     SYNTAX_XML},
    {"ini|cfg|inf|reg|editorconfig", SYNTAX_INI},
    {"lua", SYNTAX_LUA},
    {"lisp|clj|cljs|scm|el|s|asm", SYNTAX_LISP},
    {"ps1|psm1|psd1", SYNTAX_POWERSHELL},
    {"bat|cmd", SYNTAX_BATCH},
    {"tex|erl|hrl", SYNTAX_PERCENT},
    {"vim", SYNTAX_VIM},
};

static enum syntax syntax_of(const struct file_facts *f, const char *language)
{
    /* the extension first: it is surer about comments (HCL has //, JSON has none) */
    for (size_t i = 0; i < sizeof by_extension / sizeof *by_extension; i++)
        if (f->ext.n && is_any(f->ext, by_extension[i].words)) return by_extension[i].syntax;
    for (size_t i = 0; language && i < sizeof by_language / sizeof *by_language; i++)
        if (is_any(str_from(language), by_language[i].words)) return by_language[i].syntax;
    if (str_starts_nocase(f->name, STR("dockerfile")) || str_starts_nocase(f->name, STR("makefile")) ||
        str_starts(f->name, STR(".env")) ||
        is_any(f->name, "gnumakefile|containerfile|jenkinsfile|.npmrc|.netrc|_netrc|.bashrc|"
                        ".profile|.zshrc|configure|bootstrap|autogen.sh|vagrantfile|procfile"))
        return str_eq_nocase(f->name, STR("jenkinsfile")) ? SYNTAX_C : SYNTAX_HASH;
    if (is_any(f->name, "gemfile|rakefile|brewfile|podfile|fastfile|guardfile|capfile")) return SYNTAX_RUBY;
    return SYNTAX_NONE;
}

/* Whether a folder of the path is one of `words`, or begins or ends with one of them set off by a hyphen, underscore or
 * dot. */
static bool folder_is(struct str path, const char *words)
{
    struct str rest = path, part;
    while (str_cut(&rest, '/', &part)) {
        if (!rest.p) break; /* the name itself */
        if (is_any(part, words)) return true;
    }
    return false;
}

static bool folder_has_word(struct str path, const char *words)
{
    struct str rest = path, part;
    while (str_cut(&rest, '/', &part)) {
        if (!rest.p) break;
        if (has_any_word(part, words)) return true;
    }
    return false;
}

/* config_de.properties, login_pt_BR.properties */
static bool is_translation(struct str name)
{
    struct str end = STR(".properties");
    if (!str_ends(name, end) || name.n < end.n + 4) return false;
    struct str stem = str_slice(name, 0, name.n - end.n);
    const char *bar = memrchr(stem.p, '_', stem.n);
    return bar && (size_t)(stem.p + stem.n - bar) == 3;
}

static void read_marks(struct file_facts *f)
{
    struct str p = f->path, n = f->name;
    f->test =
        folder_has_word(
            p,
            "test|tests|testing|testdata|testapp|testapps|mocks|mock|e2e|cypress|testlib|testsuite|testsuites|unittest|"
            "unittests|functionaltests|integrationtest|testcases|testutils|testutil|bench|benchmark|benchmarks|fuzz|"
            "stubs|"
            "selftest|selftests|conformance|playwright|testserver|testfixtures") ||
        has_any_word(n, "test|tests|mock|mocks|conftest|testing|e2e|testdata|unittest") ||
        (has_any_word(n, "spec|specs") && !is_any(f->ext, "yml|yaml|json|toml|xml")) || /* openapi-spec.yaml */
        has_any(n, "test.java|tests.java|test.kt|tests.cs|test.cs|test.php|test.scala|test.groovy|testcase|it.java");
    struct str rest = p, part;
    while (str_cut(&rest, '/', &part) && rest.p) /* httptest/, t/ as in Perl and git; not bamboo-specs/ */
        f->test = f->test || is_any(part, "t|tst|spec|specs") ||
                  (str_ends(part, STR("test")) && !is_any(part, "latest|contest|attest|protest|greatest"));
    f->test =
        f->test || is_any(n, "tox.ini|noxfile.py|phpunit.xml|phpunit.xml.dist|karma.conf.js|pytest.ini|setup.cfg.test");
    f->example =
        folder_has_word(
            p, "example|examples|sample|samples|demo|demos|tutorial|tutorials|doc|docs|documentation|playground|"
               "snippets|snippet|cookbook|quickstart|getting-started|templates-example|guides|guide|website|contrib|"
               "vagrant|sandbox|codelab|codelabs|generators|generator|scaffold|scaffolds|blueprints|cookiecutter|"
               "archetype|archetypes|boilerplate") ||
        has_any_word(n, "example|examples|sample|demo|dist|tmpl|template|tutorial|skeleton|snakeoil|readme");
    f->dev = folder_has_word(p, "dev|devel|development|local|devcontainer|dockerdev|sandbox|devstack|staging|docker-"
                                "dev|devenv|developer") ||
             has_any_word(n, "dev|devel|development|local|devcontainer|vagrantfile|vagrant|staging|override|debug");
    f->own_machine = folder_has_word(p, "compose|minikube|travis|ci|circleci|dockerdev|initdb|kind|tilt") ||
                     has_any_word(n, "travis|compose|ci|circleci|minikube");
    f->deployment = folder_has_word(p, "deploy|deployment|deployments|helm|charts|kubernetes|k8s");
    f->tryout = folder_has_word(p, "factory|factories|seeder|populate|data_creation|playground") ||
                has_any_word(n, "factory|populate|populator|faker|random|demo|dummy");
    f->production = has_any_word(n, "prod|production|prd|live") || folder_has_word(p, "prod|production|prd|live");
    f->locale = folder_has_word(p, "locale|locales|i18n|l10n|lang|langs|language|languages|translation|translations|"
                                   "messages|intl|lc_messages") ||
                is_any(f->ext, "po|pot|resx|strings|xlf|xliff|arb|ftl|ts_messages") ||
                has_any_word(n, "messages|strings|translations|locale");
    f->locale = f->locale || is_translation(n);
    f->seed = folder_has_word(p, "seed|seeds|seeders|seeder|fixture|fixtures|migration|migrations|migrate|initdb|"
                                 "bootstrap|flyway|liquibase|changelog") ||
              has_any_word(n, "seed|seeds|seeder|fixture|fixtures|init|migration|migrate|bootstrap|datacreator|initial|"
                              "setup|install|dump|backup");
    f->script = is_any(f->ext, "sh|bash|zsh|ksh|fish|ps1|psm1|bat|cmd|mk|dockerfile") ||
                has_any_word(n, "dockerfile|containerfile|makefile|vagrantfile|jenkinsfile") || f->kind == IN_CI;
    f->settings = is_any(f->ext, "yml|yaml|json|json5|jsonc|properties|ini|cfg|conf|cnf|toml|xml|config|env|tf|tfvars|"
                                 "hcl|plist|npmrc|service|settings") ||
                  str_starts(n, STR(".env")) || str_ends(n, STR(".env")) || has_any(n, ".env.") ||
                  is_any(n, "env|.npmrc|.netrc|_netrc|.pgpass|.htpasswd|credentials|.pypirc|config");
    f->rows =
        is_any(f->ext,
               "csv|tsv|sql|json|jsonl|ndjson|yml|yaml|xml|txt|ldif|dump|dat|psv|bak|log|xls|vcf|psql|pgsql|mysql|eml");
}

static bool is_foreign(const struct file_facts *f)
{
    return folder_is(f->path, "node_modules|vendor|vendors|third_party|third-party|thirdparty|bower_components|"
                              "external|extern|site-packages|"
                              "godeps|_vendor|jspm_packages|.yarn|deps") ||
           has_any(f->name, ".min.js|.min.css|.bundle.js|-lock.json|.lock|.map|_pb2.py|.pb.go|.pb.cc|.designer.cs|.po|."
                            "pot|.svg|-min.js") ||
           is_any(f->name, "go.sum|package-lock.json|yarn.lock|composer.lock|poetry.lock|pnpm-lock.yaml|npm-shrinkwrap."
                           "json|checksums.txt");
}

void file_facts_read(struct file_facts *f, const struct scan_input *in)
{
    *f = (struct file_facts){.path = in->path, .name = in->path};
    const char *slash = in->path.n ? memrchr(in->path.p, '/', in->path.n) : NULL;
    if (slash) f->name = str_slice(in->path, (size_t)(slash - in->path.p) + 1, in->path.n);
    const char *dot = f->name.n ? memrchr(f->name.p, '.', f->name.n) : NULL;
    f->ext = dot ? str_slice(f->name, (size_t)(dot - f->name.p) + 1, f->name.n) : (struct str){"", 0};
    struct str class = str_from(in->class);
    static const struct {
        const char *class;
        unsigned kind;
    } kinds[] = {{"code", IN_CODE},    {"test", IN_TEST},  {"doc", IN_DOC},          {"config", IN_CONFIG},
                 {"ci", IN_CI},        {"data", IN_DATA},  {"vendored", IN_FOREIGN}, {"generated", IN_FOREIGN},
                 {"lock", IN_FOREIGN}, {"other", IN_OTHER}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(class, str_from(kinds[i].class))) f->kind = kinds[i].kind;
    if (!f->kind) return; /* binary, symlink, submodule */
    f->syntax = syntax_of(f, in->language);
    read_marks(f);
    if (is_foreign(f))
        f->kind = IN_FOREIGN;
    else if (f->kind != IN_DOC && f->kind != IN_FOREIGN && f->test)
        f->kind = IN_TEST;
    else if (is_any(f->ext, "md|markdown|rst|adoc|asciidoc|txt|tex|pod|man|html5|texi|org|rdoc|1|3|5|7|8") &&
             f->kind != IN_DATA && f->kind != IN_CI && f->kind != IN_TEST && !f->seed &&
             !is_any(f->name, "cmakelists.txt|requirements.txt"))
        f->kind = IN_DOC;
}
