/* The export of the world in wit/; hello.h is generated from it. */
#include "greeting.h"
#include "hello.h"

#include <stdlib.h>

void exports_example_hello_greeter_greet(hello_string_t *name, hello_string_t *result) {
    char *text = greeting((const char *)name->ptr, name->len);
    hello_string_dup(result, text);
    free(text);
    hello_string_free(name);
}
