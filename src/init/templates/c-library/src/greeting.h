#ifndef GREETING_H
#define GREETING_H

#include <stddef.h>

/* Writes a greeting for a name of so many bytes and returns it; the caller frees it. */
char *greeting(const char *name, size_t length);

#endif
