// The export of the world in wit/; hello.h is generated from it.
#include "greeting.hpp"
#include "hello.h"

void exports_example_hello_greeter_greet(hello_string_t *name, hello_string_t *result) {
    auto text = greeting({reinterpret_cast<const char *>(name->ptr), name->len});
    hello_string_dup_n(result, text.data(), text.size());
    hello_string_free(name);
}
