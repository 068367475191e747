/* A country's own check digits inside its account numbers. Whoever makes up an IBAN gets its first two digits right by
 * calculation, but rarely these too; a bank's number has both. */
#include "scan/match.h"

/* Digits by repeated weights, beginning at the first. */
static unsigned weighted(const char *p, size_t n, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0, k = 0; i < n; i++, k++) {
        if (!weights[k]) k = 0;
        sum += (unsigned)(p[i] - '0') * (unsigned)(weights[k] >= 'a' ? weights[k] - 'a' + 10 : weights[k] - '0');
    }
    return sum;
}

static unsigned mod97(const char *p, size_t n)
{
    unsigned rest = 0;
    for (size_t i = 0; i < n; i++) rest = (rest * 10 + (unsigned)(p[i] - '0')) % 97;
    return rest;
}

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

static bool is_norwegian(const char *p, size_t n)
{
    return weighted(p, n, "54327654321") % 11 == 0;
}

static bool is_belgian(const char *p, size_t n)
{
    unsigned rest = mod97(p, n - 2);
    return (rest ? rest : 97) == digit(p[n - 2]) * 10 + digit(p[n - 1]);
}

/* Two banks' digits apart, the sum over branch and account from the right. */
static bool is_estonian(const char *p, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n - 3; i++) sum += digit(p[n - 2 - i]) * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
    return (10 - sum % 10) % 10 == digit(p[n - 1]);
}

static unsigned spanish_digit(unsigned sum)
{
    unsigned rest = 11 - sum % 11;
    return rest == 11 ? 0 : rest == 10 ? 1 : rest;
}

static bool is_spanish(const char *p, size_t n)
{
    return spanish_digit(weighted(p, 8, "485a9736")) == digit(p[8]) &&
           spanish_digit(weighted(p + 10, n - 10, "12485a9736")) == digit(p[9]);
}

static bool is_mod97(const char *p, size_t n)
{
    return mod97(p, n) == 1;
}

static const struct {
    char country[3];
    unsigned char digits;
    bool (*check)(const char *p, size_t n);
} countries[] = {
    {"FI", 14, luhn_is_valid}, {"NO", 11, is_norwegian}, {"BE", 12, is_belgian}, {"EE", 16, is_estonian},
    {"ES", 20, is_spanish},    {"PT", 21, is_mod97},     {"SI", 15, is_mod97},
};

bool account_number_is_valid(const char *country, const char *number, size_t n)
{
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        if (memcmp(country, countries[i].country, 2) != 0) continue;
        if (n != countries[i].digits) return false;
        for (size_t k = 0; k < n; k++)
            if (number[k] < '0' || number[k] > '9') return false;
        return countries[i].check(number, n);
    }
    return true;
}
