#include "greeting.h"

#include <stdio.h>
#include <stdlib.h>

char *greeting(const char *name, size_t length) {
    size_t size = length + sizeof "Hello, !";
    char *text = malloc(size);
    if (text == NULL)
        abort();
    snprintf(text, size, "Hello, %.*s!", (int)length, name);
    return text;
}
