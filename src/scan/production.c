/* Test configuration that names production. */
#include "scan/assignment.h"
#include "scan/families.h"

bool check_production_host(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str key = m->group[1], value = m->group[2];
    if (f->kind != IN_TEST || !(f->settings || f->kind == IN_CONFIG) || is_reference(value)) return false;
    if (has_any_word(key, "name|title|description|example|doc|schema|homepage|comment|image|message|expected|expect"))
        return false;
    struct str host = str_has(value, STR("://")) ? url_host(value) : value;
    size_t n = 0;
    while (n < host.n && host.p[n] != ':' && host.p[n] != '/' && host.p[n] != ',') n++;
    host.n = n;
    const char *label = host.n ? memchr(host.p, '.', host.n) : NULL;
    if (!label || is_reference(host) || host_is_made_up(host) || has_any(value, "webhook|/hooks/") ||
        has_any_word(host, "nonprod|preprod|non|pre|test|staging"))
        return false;
    m->value = value;
    return has_any_word(host, "prod|production|prd"); /* login.live.com is none */
}
