/* cmocka with the headers it expects to find included before it. */
#ifndef SINETTI_TESTS_UNIT_H
#define SINETTI_TESTS_UNIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#endif
