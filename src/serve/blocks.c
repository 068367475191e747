#include "serve/blocks.h"

bool blocks_next(struct blocks *b, struct str *rest, struct str *part, bool *end)
{
    *part = (struct str){rest->p, 0};
    if (b->left) {
        *part = str_slice(*rest, 0, b->left);
        b->left -= (uint32_t)part->n;
        *rest = str_slice(*rest, part->n, rest->n);
        return true;
    }
    while (b->length_n < sizeof b->length && rest->n) {
        b->length[b->length_n++] = (uint8_t)rest->p[0];
        *rest = str_slice(*rest, 1, rest->n);
    }
    if (b->length_n < sizeof b->length) return true;
    b->length_n = 0;
    memcpy(&b->left, b->length, sizeof b->left);
    *end = b->left == 0;
    return b->left <= HTTP_FEED_BLOCK && !(*end && rest->n);
}
