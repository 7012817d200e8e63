// Greets the person named on the command line.
#include <cstdio>

int main(int argc, char **argv) {
    std::printf("Hello, %s!\n", argc > 1 ? argv[1] : "World");
}
