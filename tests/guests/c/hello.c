/* A command in C. */
#include <stdio.h>

int main(int argc, char **argv) {
    printf("Hello from C, %s\n", argc > 1 ? argv[1] : "nobody");
    return 0;
}
