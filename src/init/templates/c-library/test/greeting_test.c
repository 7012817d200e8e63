#include "../src/greeting.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char *text = greeting("World", 5);
    assert(strcmp(text, "Hello, World!") == 0);
    free(text);
    return 0;
}
