/* Messages: what stands in their headers stays in them, and what was written is what is read. */
#include "unit.h"
#undef fail

#include "mail/message.h"

static struct ctx cx;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    buf_init(&out, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&out);
    ctx_release(&cx);
    return 0;
}

static struct mail_message usual(void)
{
    return (struct mail_message){.from_name = STR("Sinetti"),
                                 .from = STR("sinetti@example.org"),
                                 .to_name = STR("Ella"),
                                 .to = STR("ella@example.org"),
                                 .subject = STR("Two things wait"),
                                 .lang = STR("en"),
                                 .text = STR("Hello\n.\nend \n"),
                                 .html = STR("<p>Hello</p>\n"),
                                 .id = STR("0123abcd"),
                                 .preferences = STR("https://sinetti.example.org/account?tab=notifications"),
                                 .at = 1782900000};
}

static bool written(const struct mail_message *m)
{
    buf_clear(&out);
    return mail_message_write(&cx, m, &out) == OK;
}

static bool has(const char *text)
{
    return str_has(buf_view(&out), str_from(text));
}

static void test_mail_message__is_what_it_says(void **state)
{
    (void)state;
    struct mail_message m = usual();
    assert_true(written(&m));
    assert_true(has("From: Sinetti\r\n <sinetti@example.org>\r\n"));
    assert_true(has("To: Ella\r\n <ella@example.org>\r\nSubject: Two things wait\r\n"));
    assert_true(has("Date: Wed, 1 Jul 2026 10:00:00 +0000\r\n"));
    assert_true(has("Message-ID: <0123abcd@example.org>\r\n"));
    assert_true(has("Auto-Submitted: auto-generated\r\n"));
    assert_true(has("List-Unsubscribe: <https://sinetti.example.org/account?tab=notifications>\r\n"));
    /* a dot alone would end the message, a blank at an end would be lost */
    assert_true(has("Hello\r\n=2E\r\nend=20\r\n"));
    assert_true(str_ends(buf_view(&out), STR("--=_0123abcd--\r\n")));
}

static void test_mail_message__nothing_gets_into_headers(void **state)
{
    (void)state;
    struct mail_message m = usual();
    m.subject = STR("Hi\r\nBcc: other@example.org\r\n\r\nbody");
    m.to_name = STR("Ella\r\nBcc: other@example.org");
    m.from_name = STR("\"x\" <other@example.org>,");
    assert_true(written(&m));
    assert_false(has("Bcc"));
    assert_false(has("other@example.org"));
    const char *const bad[] = {"ella@example.org\r\nBcc: x@example.org",
                               "ella@example.org, x@example.org",
                               "ella",
                               "@example.org",
                               "ella@",
                               "el la@example.org",
                               "<ella@example.org>",
                               "ella@exam_ple.org",
                               "ella@-example.org",
                               "ella@example..org",
                               ".ella@example.org",
                               "el..la@example.org",
                               "ella@example.org.",
                               "\xc3\xa4@example.org",
                               "a@b@example.org"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        m = usual();
        m.to = str_from(bad[i]);
        assert_false(written(&m));
        m = usual();
        m.from = str_from(bad[i]);
        assert_false(written(&m));
    }
    m = usual();
    m.preferences = STR("https://x/>\r\nBcc: x");
    assert_false(written(&m));
}

static void test_mail_message__long_words_are_folded(void **state)
{
    (void)state;
    struct mail_message m = usual();
    m.subject = STR("Hyv\xc3\xa4ksynt\xc3\xa4\xc3\xa4 odottaa: k\xc3\xa4ytt\xc3\xb6\xc3\xb6nottosuunnitelma ja "
                    "palautumisharjoitus \xe2\x80\xae \xf0\x9f\x94\x92 \xff");
    m.text = STR("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
                 "\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4");
    assert_true(written(&m));
    struct str rest = buf_view(&out), line;
    while (str_cut(&rest, '\n', &line) || line.n) {
        assert_true(line.n <= 77);
        for (size_t i = 0; i < line.n; i++) assert_true((unsigned char)line.p[i] < 0x7f);
        if (!rest.p) break;
    }
    assert_true(has("Subject: =?UTF-8?B?"));
    assert_true(has("?=\r\n =?UTF-8?B?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_message__is_what_it_says),
        cmocka_unit_test(test_mail_message__nothing_gets_into_headers),
        cmocka_unit_test(test_mail_message__long_words_are_folded),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
