/* What is the checksum of a text? */
#include "checksums.h"

uint32_t exports_demo_text_checksum_crc32(checksums_string_t *text) {
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < text->len; i++) {
        crc ^= text->ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (UINT32_C(0xedb88320) * (crc & 1));
    }
    checksums_string_free(text);
    return ~crc;
}
