/* The catalog that is part of the program: the assembler puts the compiled image into read-only memory. */
#include "catalog/image.h"
#include "catalog_image.h" /* made by catalogc */

__asm__(".pushsection .rodata\n"
        ".global catalog_image_start\n"
        ".balign 16\n"
        "catalog_image_start:\n"
        ".incbin \"" CATALOG_IMAGE "\"\n"
        ".global catalog_image_end\n"
        "catalog_image_end:\n"
        ".byte 0\n"
        ".popsection\n");

extern const char catalog_image_start[], catalog_image_end[];

enum rc catalog_builtin(struct ctx *cx, struct catalog **out)
{
    struct str image = {catalog_image_start, (uintptr_t)catalog_image_end - (uintptr_t)catalog_image_start};
    return image_open_own(cx, image, out);
}
