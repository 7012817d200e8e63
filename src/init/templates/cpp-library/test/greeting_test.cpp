#include "../src/greeting.hpp"

#include <cassert>

int main() {
    assert(greeting("World") == "Hello, World!");
}
