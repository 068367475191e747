/* base/texts_fi: the closest text is taken, what differs is put in, a field's name before it stays, what nobody has
 * said stays as it was. */
#include "base/texts_fi.h"
#include "unit.h"

static void says(struct ctx *cx, const char *en, const char *fi)
{
    assert_string_equal(text_fi(cx, en), fi);
}

static void test_base_texts_fi__the_closest_text(void **state)
{
    struct ctx cx;
    (void)state;
    ctx_init(&cx);
    says(&cx, "more than 500", "enemmän kuin 500");
    says(&cx, "more than 500 people; send them in parts", "yli 500 henkilöä; lähetä osissa");
    says(&cx, "more than 65536 bytes; send it in parts", "yli 65536 tavua; lähetä osissa");
    says(&cx, "change 12 is published", "muutos 12 on jo julkaistu");
    says(&cx, "change 12 is not open, or is for another branch", "muutos 12 ei ole avoin, tai se on toiseen haaraan");
    ctx_release(&cx);
}

static void test_base_texts_fi__what_differs(void **state)
{
    struct ctx cx;
    (void)state;
    ctx_init(&cx);
    says(&cx, "there is no change 7", "muutosta 7 ei ole");
    says(&cx, "\"{1}\" is none", "”{1}” ei ole oikeus");
    says(&cx,
         "change 3 does not merge into main without conflicts (src/a.c and 2 more): rebase it and push a new patch set",
         "muutos 3 ei yhdisty haaraan main ristiriidoitta (src/a.c and 2 more): siirrä se haaran päälle (rebase) ja "
         "työnnä uusi versio");
    ctx_release(&cx);
}

static void test_base_texts_fi__a_field_before_it(void **state)
{
    struct ctx cx;
    (void)state;
    ctx_init(&cx);
    says(&cx, "reason: say in a sentence why", "reason: kerro lauseella, miksi");
    says(&cx, "emergency: none of the services of CHG-3 has this repository",
         "emergency: mikään muutoksen CHG-3 palveluista ei kata tätä repositoriota");
    says(&cx, "reason: of a kind that nobody has said", "reason: of a kind that nobody has said");
    says(&cx, "", "");
    says(&cx, ": ", ": ");
    ctx_release(&cx);
}

static void test_base_texts_fi__a_place_before_it(void **state)
{
    struct ctx cx;
    (void)state;
    ctx_init(&cx);
    says(&cx, "line 3, byte 14: a key is expected", "rivi 3, tavu 14: pitää olla avain");
    says(&cx, "payload: line 1, byte 2: it ends in the middle", "payload: rivi 1, tavu 2: se päättyy kesken");
    says(&cx, "signatures[0].sig: no base64", "signatures[0].sig: se ei ole base64:ää");
    says(&cx, "line x, byte 2: a key is expected", "line x, byte 2: a key is expected");
    says(&cx, "line 3, byte 14: what nobody has said", "line 3, byte 14: what nobody has said");
    says(&cx, "a: b: c: d", "a: b: c: d");
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_texts_fi__the_closest_text),
        cmocka_unit_test(test_base_texts_fi__what_differs),
        cmocka_unit_test(test_base_texts_fi__a_field_before_it),
        cmocka_unit_test(test_base_texts_fi__a_place_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
