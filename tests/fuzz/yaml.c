/* Any bytes as YAML, both ways. What comes out is walked whole: every promise of base/yaml.h about it is asserted. */
#include "base/yaml.h"
#include "base/limits.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses two small buffers on some broken flow keys, once per file. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static size_t walk(const struct yaml_node *n, unsigned depth)
{
    size_t nodes = 1;
    assert(n && n->line >= 0 && depth <= LIMIT_YAML_DEPTH && n->text.p);
    assert(n->kind != YAML_SCALAR || str_is_utf8(n->text));
    for (size_t i = 0; n->kind == YAML_SEQUENCE && i < n->n; i++) nodes += walk(n->items[i], depth + 1);
    for (size_t i = 0; n->kind == YAML_MAPPING && i < n->n; i++) {
        assert(yaml_pair_of(n, n->pairs[i].key) == &n->pairs[i] && yaml_find(n, n->pairs[i].key));
        nodes += walk(n->pairs[i].value, depth + 1);
    }
    assert(nodes == n->size && nodes <= LIMIT_YAML_NODES);
    (void)yaml_find(n, STR("absent"));
    return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int mode = YAML_STRICT; mode <= YAML_LENIENT; mode++) {
        struct ctx cx;
        struct yaml y;
        ctx_init(&cx);
        enum rc rc = yaml_read(&cx, (struct str){(const char *)data, size}, (enum yaml_mode)mode, &y);
        assert(rc == OK || rc == E_INVALID || rc == E_LIMIT);
        assert(rc == OK || y.n_faults);
        for (size_t i = 0; i < y.n; i++) (void)walk(y.documents[i], 1);
        ctx_release(&cx);
    }
    return 0;
}
