// Compiled with DWARF: a fault in a body has to lead back to a line of this file.
int average(int a, int b) {
    int sum = a + b;
    return sum / 2;
}
