/* Certificate checks switched off, old TLS switched on, plain HTTP to hosts of the open Internet. A switch that a
 * library or tool offers is none of these; a literal that takes effect is. */
#include "scan/families.h"

static const char *const own_machine =
    "localhost|127.0.0.1|[::1]|0.0.0.0|host.docker.internal|.local:|.local/|.test:|.test/|169.254.|kubernetes.default|"
    "$localhost|${localhost";

static bool aims_at_own_machine(struct scanner *s, struct match *m)
{
    size_t end = m->end > m->line_end ? m->end : m->line_end;
    return has_any(str_slice(scanner_content(s), m->line_at, end), own_machine);
}

/* Where a line only declares, describes or prints. */
static bool only_speaks(struct scanner *s, const struct match *m)
{
    struct str head = str_slice(scanner_content(s), m->line_at, m->begin);
    return has_any(head, "echo |printf|print(|println|log.|logger|logging|warn(|console.|fail(|raise |throw "
                         "|message|description|usage|help|title|"
                         "assert|expect(|should|doc:|comment|echo\t|error(|info(|debug(|echo \"|#define");
}

/* A function, class or file that says by its name that it trusts anybody is a tool: what counts is who takes it. */
static bool is_offered_by_name(struct scanner *s, size_t at)
{
    static const char *const names[] = {"insecure", "trustall", "trust_all", "skipssl",
                                        "skip_ssl", "unsafe",   "noverif"};
    struct str rest = scanner_before(s, at, 25), line, file = scanner_file(s)->name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_any(file, names[i])) return true;
    while (str_cut(&rest, '\n', &line)) {
        if (!has_any_word(line, "class|fun|func|function|def|val|final|private|fn")) continue;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (has_any(line, names[i])) return true;
    }
    return false;
}

/* "if (allowInsecure)", "if (validateCertificates)" anywhere in the file: its trust in anybody is an option. */
static bool file_asks_first(struct scanner *s)
{
    struct str rest = scanner_content(s), line;
    while (str_cut(&rest, '\n', &line)) {
        struct str t = str_trim(line);
        if ((str_starts(t, STR("if ")) || str_starts(t, STR("if(")) || has_any(t, "else if")) &&
            has_any(t, "insecure|validatecert|verifycert|verifyssl|trustall|skipssl|certificatecheck|skipverify"))
            return true;
    }
    return false;
}

/* The other end is known by its key, or is this very program's own page. */
static bool is_known_otherwise(struct scanner *s, const struct match *m)
{
    struct str around = scanner_around(s, m->begin, 12, 12);
    if (has_any(m->group[0], "insecureskipverify"))
        return has_any(around,
                       "verifypeercertificate|verifyconnection|spiffe|requestclientcert|requireanyclientcert") ||
               has_any_word(scanner_before(s, m->begin, 16), "local|loopback|gui");
    if (has_any(m->group[0], "check_hostname"))
        return has_any(around, "load_verify_locations|cert_required|fingerprint");
    if (has_any(m->group[0], "hostnameverifier")) /* the name alone, with certificates of one's own choice */
        return has_any(around, "settrustmanagers|trustmanagerfactory|truststore");
    return false;
}

/* verify_peer and verify_peer_name, VERIFYPEER and VERIFYHOST side by side are one switch: told of once. */
static bool is_second_half(struct scanner *s, const struct match *m)
{
    struct str before = scanner_before(s, m->begin, 2), after = scanner_around(s, m->end, 0, 2);
    if (has_any(m->group[0], "verify_peer_name"))
        return has_any(before, "verify_peer'|verify_peer\"") || has_any(after, "verify_peer'|verify_peer\"");
    if (has_any(m->group[0], "verifyhost")) return has_any(before, "verifypeer") || has_any(after, "verifypeer");
    return false;
}

bool check_unverified(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    m->value = STR_NONE;
    if (f->dev || aims_at_own_machine(s, m) || only_speaks(s, m) || scanner_is_guarded(s, m) ||
        is_known_otherwise(s, m) || is_second_half(s, m) || is_offered_by_name(s, m->begin) || file_asks_first(s))
        return false;
    return true;
}

bool check_python_unverified(struct scanner *s, struct match *m)
{
    struct str c = scanner_content(s), head = str_slice(c, m->line_at, m->begin);
    struct str near = scanner_around(s, m->begin, 6, 1);
    if (!is_any(scanner_file(s)->ext, "py|pyw|ipynb") && scanner_file(s)->syntax != SYNTAX_PYTHON) return false;
    if (has_any(near, "jwt|jose|signature=|decode(|def verify") || has_any_word(head, "def|class|lambda")) return false;
    struct str rest = scanner_before(s, m->begin, 6), l;
    while (str_cut(&rest, '\n', &l)) /* a parameter's default in a definition over several lines */
        if (str_starts(str_trim(l), STR("def ")) && !has_any(l, "):") && !has_any(l, ") ->")) return false;
    if (!has_any(near, "requests|httpx|session|http|client|.get(|.post(|.put(|.patch(|.delete(|.request(|urlopen|"
                       "urllib|hvac|elasticsearch|boto|"
                       "aiohttp|connector|winrm|ssl"))
        return false;
    if (has_any(scanner_before(s, m->begin, 30), "def check_|def probe|def ping|def is_alive|def health"))
        return false; /* asks whether it answers, and nothing else */
    return check_unverified(s, m);
}

bool check_command_unverified(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str command = m->group[0], head = str_slice(scanner_content(s), m->line_at, m->begin);
    m->value = STR_NONE;
    if (f->dev || (f->own_machine && f->kind != IN_CI) || aims_at_own_machine(s, m) || only_speaks(s, m) ||
        scanner_is_guarded(s, m))
        return false;
    if (has_any(f->name, "healthcheck|health-check")) return false;
    if (f->script && has_any(command, "curl|wget") && !url_host(command).n &&
        has_any(scanner_content(s), "localhost|127.0.0.1|minikube"))
        return false; /* an address made of variables, in a script for one's own machine */
    if (has_any(command, "acquire::") && has_any(scanner_around(s, m->begin, 2, 3), "ca-certificates"))
        return false; /* brings the certificates to check with; packages are signed */
    if (!f->script && f->kind == IN_CODE &&
        !has_any(head, "exec|spawn|system|popen|subprocess|run|shell|sh(|`|cmd|command|call"))
        return false;
    if (has_any(command, "healthcheck|http://") && !has_any(command, "https://")) return false;
    struct str host = url_host(command);
    if (host.n && (host_is_made_up(host) ||
                   (!memchr(host.p, '.', host.n) && !memchr(host.p, '$', host.n) && !memchr(host.p, '{', host.n))))
        return false;
    return true;
}

/* --- old TLS --- */

bool check_old_tls(struct scanner *s, struct match *m)
{
    struct str line = str_slice(scanner_content(s), m->line_at, m->line_end);
    m->value = STR_NONE;
    if (scanner_file(s)->dev || only_speaks(s, m) || scanner_is_guarded(s, m)) return false;
    if (has_any(line, "disabled|disable|op_no|exclude|forbid|reject|deprecated|unsupported|not supported|const ") ||
        has_any_word(str_slice(line, 0, m->begin - m->line_at), "case|return|def|enum"))
        return false;
    /* a table of versions: a library at work, not a setting */
    struct str rest = scanner_around(s, m->begin, 4, 4), l;
    int versions = 0;
    while (str_cut(&rest, '\n', &l)) versions += has_any(l, "tls10|tls11|tls12|tls13|tlsv1|tls1_|sslv3|tls1.");
    return versions <= 3;
}

/* A list of protocols as servers write it: what it enables in the end. */
bool check_old_tls_list(struct scanner *s, struct match *m)
{
    struct str list = m->group[1], word;
    bool all = false, old = false, minus10 = false, minus11 = false;
    m->value = STR_NONE;
    if (scanner_file(s)->dev || is_reference(list) || is_any(scanner_file(s)->ext, "html|htm")) return false;
    for (size_t i = 0; i < list.n;) {
        while (i < list.n && strchr(" \t,:;\"'+[]=>", list.p[i])) i++;
        size_t n = 0;
        while (i + n < list.n && !strchr(" \t,:;\"'+[]=>", list.p[i + n])) n++;
        word = str_slice(list, i, i + n);
        i += n;
        bool minus = word.n && (word.p[0] == '-' || word.p[0] == '!');
        if (minus) word = str_slice(word, 1, word.n);
        if (is_any(word, "all")) all = !minus;
        if (is_any(word, "TLSv1|TLSv1.0|TLS1.0|TLS10")) minus ? (minus10 = true) : (old = true);
        if (is_any(word, "TLSv1.1|TLS1.1|TLS11")) minus ? (minus11 = true) : (old = true);
        if (is_any(word, "SSLv2|SSLv3") && !minus) old = true;
    }
    return old || (all && (!minus10 || !minus11) && str_starts_nocase(m->group[0], STR("SSLProtocol")));
}

/* --- plain HTTP --- */

static bool is_namespace_host(struct str host, struct str url)
{
    return has_any(host,
                   "w3.org|schemas.|schema.|xmlsoap|xml.org|json-schema|java.sun.com|purl.org|apache.org|opensource."
                   "org|gnu.org|fsf.org|mozilla.org|"
                   "creativecommons|xmlns|dublincore|ogp.me|rdfs.org|openid.net|oasis-open|springframework.org|jboss."
                   "org|hibernate.|mybatis|"
                   "purl.oclc|relaxng|docbook|sourceforge|unicode.org|ietf.org|iana.org|adobe.com|inkscape|sodipodi|"
                   "openxmlformats|microsoft.com|"
                   "ocsp|crl.|crl3|cacerts|timestamp|tsa.|pki.|gravatar|swagger.io|gstatic|connectivitycheck|captive|"
                   "msftconnecttest|msftncsi|"
                   "neverssl|detectportal|checkip|whatismyip|ipecho|icanhazip|ifconfig.|.cern.ch|xiph.org|jquery|"
                   "github.com|debian.org|"
                   "ubuntu.com|archive.|mirror|centos.org|pool.ntp|wikipedia|stackoverflow|googleapis.com/auth") ||
           has_any(url, ".dtd|.xsd|/schema|/ns/|/xmlns|/namespace|license|/rfc|/spec|.crl|.crt");
}

bool check_plain_http(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s), url = str_slice(c, m->begin, m->line_end);
    if (f->dev || f->locale || f->kind == IN_DATA ||
        is_any(f->ext, "html|htm|xml|xsd|svg|css|scss|less|plist|wsdl|erb|jsp|twig|hbs|ejs|xhtml")) {
        if (!is_any(f->name, "pom.xml|settings.xml|nuget.config")) return false;
    }
    struct str host = url_host(url);
    size_t n = 0;
    while (n < url.n && !strchr("\"'`<> \t\r,;)\\|", url.p[n])) n++;
    url.n = n;
    if (!host_is_public(host) || is_namespace_host(host, url) || memchr(url.p, '$', url.n) ||
        has_any(url, "{|<|%s|..."))
        return false;
    struct str head = str_slice(c, m->line_at, m->begin),
               close = head.n > 100 ? str_slice(head, head.n - 100, head.n) : head;
    struct str line = str_slice(c, m->line_at, m->line_end);
    bool call = has_any(close, "requests.get(|requests.post(|requests.put(|requests.delete(|requests.patch(|requests."
                               "request(|urlopen(|httpx.get(|httpx.post(|"
                               "fetch(|axios(|axios.get(|axios.post(|axios.put(|axios.create(|http.get(|http.post(|"
                               "http.newrequest(|https.get(|net::http|"
                               "httparty|resttemplate|faraday.new|curl_init(|file_get_contents(|getasync(|postasync(|"
                               "superagent.|$.get(|$.post(|$.ajax(|"
                               "$.getjson(|webclient.create(|uri.create(|httpclient|session.get(|session.post(|client."
                               "get(|client.post(|reqwest::get(|"
                               "urllib.request|request.get(|request.post(|open-uri|new "
                               "uri(|http.newrequestwithcontext(|.postform(|got(|needle(|"
                               "getforobject(|postforentity(|postforobject(|getforentity(|exchange(|guzzle|uri.open(|"
                               "uri.parse(|new url(|jsoup.connect(");
    bool command = f->script && has_any_word(close, "curl|wget") && !only_speaks(s, m);
    size_t from = head.n;
    while (from > 0 && strchr(" \t\"'`:=>({[rbfu", head.p[from - 1])) from--;
    struct str key = str_slice(head, from > 40 ? from - 40 : 0, from);
    bool setting =
        head.n &&
        has_any_word(key, "endpoint|base_url|baseurl|base-url|api_url|apiurl|api-url|api|server_url|serverurl|service_"
                          "url|serviceurl|backend|backend_url|webhook|webhook_url|"
                          "gateway|auth_url|token_url|tokenurl|upstream|proxy_pass|registry|index_url|index-url|api_"
                          "host|apihost|service|remote") &&
        has_any_word(key, "url|uri|endpoint|host|base|baseurl|api|registry|webhook|upstream|pass|index|remote|backend|"
                          "server|address") &&
        (strchr("\"'`:= ", head.p[head.n - 1])) && (from < head.n) &&
        !has_any_word(key, "doc|docs|documentation|homepage|website|link|see|help|support|info|namespace|ns|schema|"
                           "license|referer|origin|issuer|audience|realm|about|issues|bugs|repository|id");
    bool packages = has_any(head, "--index-url|--extra-index-url|--registry|registry=|git clone|git remote add|source "
                                  "'http|source \"http|maven {|go env -w goproxy") ||
                    (is_any(f->name, "pom.xml|settings.xml|nuget.config") && has_any(head, "<url>") &&
                     has_any(scanner_before(s, m->begin, 4), "repository>|<mirror>")) ||
                    (is_any(f->ext, "gradle|kts|sbt") &&
                     has_any(scanner_around(s, m->begin, 2, 0), "maven {|maven{|maven(|repositories|resolver"));
    if (!call && !command && !setting && !packages) return false;
    if (scanner_in_comment(s, m->begin) || only_speaks(s, m) ||
        has_any(line, "user-agent|useragent|xmlns|sha256sum|gpg --verify"))
        return false;
    if (command &&
        has_any(scanner_around(s, m->begin, 0, 6), "sha256|sha512|sha1sum|md5sum|shasum|gpg |minisign|cosign"))
        return false;
    m->value = host;
    return !scanner_is_guarded(s, m);
}
