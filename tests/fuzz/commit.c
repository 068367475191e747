/* A commit or tag object as git stores it: its header, the people in it, and all that its message says. */
#include "observe/commit.h"
#include "base/limits.h"
#include "git/object.h"
#include "observe/people.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* makes the walk read every byte */

static void touch(struct str s)
{
    for (size_t i = 0; i < s.n; i++) sum += (unsigned char)s.p[i];
}

static void meet(struct people *p, struct str name, struct str email)
{
    touch(name);
    touch(email);
    int handle = people_mention(p, name, email);
    sum += people_is_bot(name, email) + people_is_host(name, email);
    assert(people_hash(p, handle).n == 32);
}

static void read_message(struct arena *a, struct people *p, struct str message, size_t parents)
{
    struct commit_facts f = {0};
    if (message.n > LIMIT_COMMIT_MESSAGE) return; /* cut by the reader */
    commit_read(a, message, parents, &f);
    touch(f.subject);
    assert(str_is_utf8(f.subject) && f.n_trailers <= LIMIT_TRAILERS);
    for (size_t i = 0; i < f.n_trailers; i++) {
        touch(f.trailers[i].key);
        touch(f.trailers[i].value);
        assert(!memchr(f.trailers[i].value.p ? f.trailers[i].value.p : "", '\n', f.trailers[i].value.n));
        if (f.trailers[i].is_person) meet(p, f.trailers[i].name, f.trailers[i].email);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str raw = {(const char *)data, size};
    struct arena a;
    struct people *p = people_new((const uint8_t *)"0123456789abcdef");
    struct commit_object c;
    struct tag_object t;
    arena_init(&a);
    people_mailmap(p, raw);
    for (size_t hex = 40; hex <= 64; hex += 24) {
        if (commit_parse(raw, hex, &c)) {
            for (size_t i = 0; i < c.n_parents; i++) assert(commit_parent(&c, i).n == hex);
            meet(p, c.author.name, c.author.email);
            meet(p, c.committer.name, c.committer.email);
            if (c.message.p) read_message(&a, p, c.message, c.n_parents);
        }
        if (tag_parse(raw, hex, &t)) meet(p, t.tagger.name, t.tagger.email);
    }
    read_message(&a, p, raw, 1);
    people_free(p);
    arena_release(&a);
    return 0;
}
