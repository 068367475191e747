/* Check digits, checksums and measures of randomness: the second signals of the table. */
#include "scan/match.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_upper(c) || is_lower(c);
}

/* log2 of a count, to 2^-16: the library of mathematics is not worth a dependency. */
static double log2_of(size_t n)
{
    int whole = 63 - __builtin_clzll((unsigned long long)n);
    double x = (double)n / (double)(1ULL << whole), result = whole;
    for (double bit = 0.5; bit > 1e-5; bit /= 2) {
        x *= x;
        if (x < 2) continue;
        x /= 2;
        result += bit;
    }
    return result;
}

double text_entropy(struct str s)
{
    if (s.n == 0) return 0;
    unsigned seen[256] = {0};
    for (size_t i = 0; i < s.n; i++) seen[(unsigned char)s.p[i]]++;
    double bits = 0;
    for (size_t i = 0; i < 256; i++)
        if (seen[i]) bits += seen[i] * log2_of(seen[i]);
    return log2_of(s.n) - bits / (double)s.n;
}

/* Bit b of row a: the letters a and b often follow one another in English and in identifiers. The 200 commonest pairs
 * make up 92 % of the pairs in words and 30 % of those in random letters. */
static const uint32_t common_pairs[26] = {0x13ebd4e, 0x0104911, 0x01a4d91, 0x0144119, 0x0efb83d, 0x0124131, 0x0100110,
                                          0x0084111, 0x0aef87f, 0x0000000, 0x0000110, 0x11c4919, 0x000d111, 0x00c617d,
                                          0x07ef84e, 0x01ac911, 0x0100000, 0x11e7559, 0x01cc195, 0x11ec195, 0x00eb916,
                                          0x0000111, 0x0004191, 0x0088000, 0x0008000, 0x0000010};

bool text_is_wordy(struct str s)
{
    unsigned pairs = 0, common = 0, letters = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_letter(s.p[i])) continue;
        letters++;
        if (i + 1 >= s.n || !is_letter(s.p[i + 1])) continue;
        pairs++;
        if (common_pairs[(s.p[i] | 0x20) - 'a'] >> ((s.p[i + 1] | 0x20) - 'a') & 1) common++;
    }
    return letters * 2 >= s.n && pairs >= 4 && common * 100 >= pairs * (pairs < 14 ? 75 : 62);
}

bool text_has_run(struct str s)
{
    unsigned same = 1, up = 1, down = 1;
    for (size_t i = 1; i < s.n; i++) {
        char a = s.p[i - 1], b = s.p[i];
        bool alnum = (is_letter(a) || is_digit(a)) && (is_letter(b) || is_digit(b));
        same = a == b ? same + 1 : 1;
        up = alnum && (b == a + 1 || (a == '9' && b == '0')) ? up + 1 : 1;
        down = alnum && b == a - 1 ? down + 1 : 1;
        if (same >= 5 || up >= 5 || down >= 5) return true;
    }
    for (size_t period = 2; period <= 8 && period * 3 <= s.n; period++) {
        size_t equal = 0;
        for (size_t i = period; i < s.n; i++) equal += s.p[i] == s.p[i - period];
        if (equal * 4 >= (s.n - period) * 3) return true;
    }
    return false;
}

bool text_is_random(struct str s)
{
    if (s.n < 16 || s.n > 4096) return false;
    size_t digits = 0, uppers = 0, lowers = 0, hex = 0, other = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((unsigned char)c <= ' ' || (unsigned char)c > '~') return false;
        digits += is_digit(c);
        uppers += is_upper(c);
        lowers += is_lower(c);
        hex += is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        other += !is_letter(c) && !is_digit(c);
    }
    if (text_has_run(s)) return false;
    double e = text_entropy(s);
    if (hex == s.n) return s.n >= 24 && digits && digits < s.n && !(uppers && lowers) && e >= 3.0;
    if (digits + uppers + lowers == 0 || other * 3 > s.n || digits == 0) return false;
    if (!(uppers && lowers) && s.n < 20) return false;
    return e >= (s.n >= 32 ? 3.9 : s.n >= 20 ? 3.5 : 3.2) && !text_is_wordy(s);
}

bool text_is_guessable_password(struct str s)
{
    if (s.n < 3 || s.n > 24) return false;
    if (is_any(
            s,
            "root|toor|admin|administrator|password|passwd|passw0rd|p@ssw0rd|p@ssword|pa55word|pa$$word|pa$$w0rd|"
            "changeme|"
            "change_me|change-me|changeit|changethis|change_this|letmein|welcome|qwerty|qwerty123|abc123|iloveyou|"
            "monkey|"
            "dragon|master|superuser|supersecret|secret|guest|user|test|testing|default|postgres|mysql|mariadb|mongo|"
            "redis|rabbitmq|oracle|sa|sysadmin|manager|tomcat|s3cret|minioadmin|grafana|jenkins|salasana|passwort|"
            "1q2w3e4r|asdf1234|zxcvbnm|trustno1|hunter2"))
        return true;
    static const char *const stems[] = {"admin",    "password", "passw0rd", "p@ssw0rd",  "p@ssword",  "pa$$word",
                                        "pa$$w0rd", "pa55word", "changeme", "change_me", "change-me", "letmein",
                                        "welcome",  "qwerty",   "secret",   "root",      "test",      "user",
                                        "guest",    "default",  "master",   "salasana"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        struct str stem = str_from(stems[i]);
        if (!str_starts_nocase(s, stem) || s.n - stem.n > 6) continue;
        bool rest = true;
        for (size_t k = stem.n; k < s.n; k++) rest = rest && (is_digit(s.p[k]) || strchr("!@#$.*_", s.p[k]));
        if (rest) return true;
    }
    bool digits = true;
    for (size_t i = 0; i < s.n; i++) digits = digits && is_digit(s.p[i]);
    return digits && s.n >= 4 && s.n <= 10 && (str_starts(s, STR("1234")) || text_has_run(s));
}

bool text_is_strong_password(struct str s)
{
    if (s.n < 8 || s.n > 64) return false;
    bool lower = false, upper = false, digit = false, special = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((unsigned char)c <= ' ' || (unsigned char)c > '~') return false;
        if (is_lower(c))
            lower = true;
        else if (is_upper(c))
            upper = true;
        else if (is_digit(c))
            digit = true;
        else
            special = true;
    }
    return digit && lower + upper + digit + special >= 3;
}

uint32_t crc32_of(struct str s)
{
    uint32_t crc = 0xffffffffU;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
    }
    return ~crc;
}

bool token_checksum_is_valid(struct str body, struct str check)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint32_t crc = crc32_of(body);
    if (check.n != 6) return false;
    for (size_t i = 6; i-- > 0; crc /= 62)
        if (check.p[i] != digits[crc % 62]) return false;
    return true;
}

bool luhn_is_valid(const char *p, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(p[n - 1 - i] - '0');
        if (i % 2) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return n > 0 && sum % 10 == 0;
}

/* Numbers that processors and standards publish for tests, by their beginning. */
static bool is_published_card(struct str s)
{
    static const char *const begins[] = {
        "400000", "400002", "400003", "400005", "400006", "401288", "411111", "421765", "422222", "424242", "400764",
        "434256", "444433", "450875", "453201", "491661", "491748", "400551", "403000", "406306", "417666", "476173",
        "448562", "510510", "520000", "520082", "520474", "510106", "517335", "522222", "525599", "530125", "535522",
        "545454", "555555", "500055", "222300", "222240", "222242", "222100", "542418", "543111", "541333", "340000",
        "341111", "343434", "371449", "370000", "378282", "378734", "374245", "374500", "376000", "371144", "305693",
        "300000", "305555", "385200", "362272", "360000", "361489", "367000", "601100", "601111", "601198", "601160",
        "644564", "650000", "650505", "352800", "353011", "356600", "356999", "620000", "621700", "630495", "675964",
        "589000", "506699", "601300", "400000", "453998", "471604", "455673", "491182", "402400", "453211", "492960",
        "450000", "512345", "401200", "454545", "423456", "412345", "455555", "444444", "543210", "432109"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(s, str_from(begins[i]))) return true;
    return false;
}

bool card_is_plausible(const char *p, size_t n)
{
    struct str s = {p, n};
    if (n < 14 || n > 16) return false;
    unsigned two = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
    unsigned four = two * 100 + (unsigned)(p[2] - '0') * 10 + (unsigned)(p[3] - '0');
    bool issuer = (p[0] == '4' && n == 16) || (two >= 51 && two <= 55 && n == 16) ||
                  (four >= 2221 && four <= 2720 && n == 16) || ((two == 34 || two == 37) && n == 15) ||
                  ((two == 36 || two == 38) && n == 14) || ((four == 6011 || two == 65) && n == 16) ||
                  (four >= 3528 && four <= 3589 && n == 16);
    if (!issuer || !luhn_is_valid(p, n) || is_published_card(s) || text_has_run(s)) return false;
    return text_entropy(s) >= 2.4;
}

/* ISO 13616 registry: country and length. */
static const struct {
    char country[3];
    unsigned char n;
} iban_lengths[] = {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
                    {"BH", 22}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
                    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27},
                    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28},
                    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20},
                    {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"MC", 27}, {"MD", 24},
                    {"ME", 22}, {"MK", 19}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15}, {"PK", 24},
                    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24}, {"SC", 31},
                    {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24},
                    {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}};

/* Published examples (the registry's own, and those of banks and encyclopedias). */
static const char *const iban_examples[] = {"AT611904300234573201",
                                            "BE68539007547034",
                                            "BE71096123456769",
                                            "BE62510007547061",
                                            "BG80BNBG96611020345678",
                                            "CH9300762011623852957",
                                            "CH5604835012345678009",
                                            "CZ6508000000192000145399",
                                            "CZ9455000000001011038930",
                                            "DE89370400440532013000",
                                            "DE91100000000123456789",
                                            "DE12500105170648489890",
                                            "DE75512108001245126199",
                                            "DE02120300000000202051",
                                            "DE02500105170137075030",
                                            "DE02100500000054540402",
                                            "DE02300209000106531065",
                                            "DE27100777770209299700",
                                            "DE02701500000000594937",
                                            "DE88100900001234567892",
                                            "DK5000400440116243",
                                            "DK9520000123456789",
                                            "EE382200221020145685",
                                            "EE471000001020145685",
                                            "ES9121000418450200051332",
                                            "ES7921000813610123456789",
                                            "ES8023100001180000012345",
                                            "FI2112345600000785",
                                            "FI1410093000123458",
                                            "FI4250001510000023",
                                            "FI5542345670000081",
                                            "FO6264600001631634",
                                            "FR1420041010050500013M02606",
                                            "FR7630006000011234567890189",
                                            "FR7630001007941234567890185",
                                            "GB29NWBK60161331926819",
                                            "GB33BUKB20201555555555",
                                            "GB82WEST12345698765432",
                                            "GB94BARC10201530093459",
                                            "GB98MIDL07009312345678",
                                            "GB24BKEN10000031510604",
                                            "GB27BOFI90212729823529",
                                            "GB60BARC20000055779911",
                                            "GB15MIDL40051512345678",
                                            "GB94BARC20201530093459",
                                            "GR1601101250000000012300695",
                                            "GR9608100010000001234567890",
                                            "HR1210010051863000160",
                                            "HR1723600001101234565",
                                            "HU42117730161111101800000000",
                                            "IE29AIBK93115212345678",
                                            "IE64IRCE92050112345678",
                                            "IS140159260076545510730339",
                                            "IT60X0542811101000000123456",
                                            "LI21088100002324013AA",
                                            "LT121000011101001000",
                                            "LT601010012345678901",
                                            "LU280019400644750000",
                                            "LU120010001234567891",
                                            "LV80BANK0000435195001",
                                            "LV97HABA0012345678910",
                                            "MC5811222000010123456789030",
                                            "MT84MALT011000012345MTLCAST001S",
                                            "NL91ABNA0417164300",
                                            "NL02ABNA0123456789",
                                            "NL39RABO0300065264",
                                            "NL20INGB0001234567",
                                            "NO9386011117947",
                                            "NO8330001234567",
                                            "PL61109010140000071219812874",
                                            "PL10105000997603123456789123",
                                            "PT50000201231234567890154",
                                            "PT50002700000001234567833",
                                            "RO49AAAA1B31007593840000",
                                            "RO66BACX0000001234567890",
                                            "SE4550000000058398257466",
                                            "SE7280000810340009783242",
                                            "SE3550000000054910000003",
                                            "SI56263300012039086",
                                            "SI56191000000123438",
                                            "SK3112000000198742637541",
                                            "SK8975000000000012345671",
                                            "TR330006100519786457841326",
                                            "AE070331234567890123456",
                                            "AD1200012030200359100100",
                                            "SA0380000000608010167519",
                                            "SM86U0322509800000000270100",
                                            "XK051212012345678906",
                                            "KZ86125KZT5004100100",
                                            "IL620108000000099999999",
                                            "BR9700360305000010009795493P1",
                                            "BR1800360305000010009795493C1",
                                            "CY17002001280000001200527600",
                                            "GE29NB0000000101904917",
                                            "ME25505000012345678951",
                                            "MK07250120000058984",
                                            "RS35260005601001611379",
                                            "SC18SSCB11010000000000001497USD",
                                            "QA58DOHB00001234567890ABCDEFG",
                                            "UA213223130000026007233566001",
                                            "VG96VPVG0000012345678901",
                                            "MD24AG000225100013104168",
                                            "MU17BOMM0101101030300200000MUR",
                                            "AL47212110090000000235698741",
                                            "AZ21NABZ00000000137010001944",
                                            "BA391290079401028494",
                                            "BH67BMAG00001299123456",
                                            "BY13NBRB3600900000002Z00AB00",
                                            "CR05015202001026284066",
                                            "DO28BAGR00000001212453611324",
                                            "GI75NWBK000000007099453",
                                            "GL8964710001000206",
                                            "GT82TRAJ01020000001210029690",
                                            "IQ98NBIQ850123456789012",
                                            "JO94CBJO0010000000000131000302",
                                            "KW81CBKU0000000000001234560101",
                                            "LB62099900000001001901229114",
                                            "LC55HEMM000100010012001200023015",
                                            "MR1300020001010000123456753",
                                            "PK36SCBL0000001123456702",
                                            "PS92PALS000000000400123456702",
                                            "ST68000100010051845310112",
                                            "SV62CENR00000000000000700025",
                                            "TL380080012345678910157",
                                            "TN5910006035183598478831",
                                            "VA59001123000012345678"};

bool iban_is_valid(const char *p, size_t n)
{
    size_t want = 0;
    for (size_t i = 0; i < sizeof iban_lengths / sizeof *iban_lengths; i++)
        if (n >= 2 && memcmp(p, iban_lengths[i].country, 2) == 0) want = iban_lengths[i].n;
    if (!want || n != want) return false;
    unsigned rest = 0;
    for (size_t i = 0; i < n; i++) { /* the first four characters count last */
        char c = p[(i + 4) % n];
        if (is_digit(c))
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (is_upper(c))
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    if (rest != 1) return false;
    struct str s = {p, n};
    for (size_t i = 0; i < sizeof iban_examples / sizeof *iban_examples; i++)
        if (str_eq(s, str_from(iban_examples[i]))) return false;
    return !str_has(s, STR("12345")) && !str_has(s, STR("0000000")) && !str_has(s, STR("98765"));
}

bool hetu_is_valid(const char *p, bool *artificial)
{
    for (size_t i = 0; i < 10; i++)
        if (i != 6 && !is_digit(p[i])) return false;
    const char *signs = "+-YXWVUABCDEF", *sign = memchr(signs, p[6], 13);
    if (!sign) return false;
    int century = sign == signs ? 1800 : sign - signs <= 6 ? 1900 : 2000;
    int day = (p[0] - '0') * 10 + p[1] - '0', month = (p[2] - '0') * 10 + p[3] - '0';
    int year = century + (p[4] - '0') * 10 + p[5] - '0';
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return false;
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    if (day < 1 || day > days[month - 1] + (month == 2 && leap)) return false;
    if (year > 2035) return false;
    long number = 0;
    for (size_t i = 0; i < 10; i++)
        if (i != 6) number = number * 10 + (p[i] - '0');
    int individual = (int)(number % 1000);
    if (individual < 2 || p[10] != "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]) return false;
    *artificial = individual >= 900;
    return true;
}

static int base64_digit(char c)
{
    if (is_upper(c)) return c - 'A';
    if (is_lower(c)) return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

long base64_decode(struct str s, uint8_t *out, size_t max)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    bool ended = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
        if (c == '=') {
            ended = true;
            continue;
        }
        int d = base64_digit(c);
        if (d < 0 || ended) return -1;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        if (n == max) return (long)n;
        out[n++] = (uint8_t)(bits >> have);
    }
    return (long)n;
}
