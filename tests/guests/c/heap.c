/* Allocates much, so that malloc and an adapter would meet on the same pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    enum { BLOCKS = 64, SIZE = 40000 };
    char *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(SIZE);
        if (!blocks[i]) return 1;
        memset(blocks[i], i, SIZE);
        printf("block %d\n", i);
    }
    for (int i = 0; i < BLOCKS; i++) {
        for (int j = 0; j < SIZE; j++) {
            if (blocks[i][j] != (char)i) {
                printf("block %d was overwritten at %d\n", i, j);
                return 2;
            }
        }
        free(blocks[i]);
    }
    puts("all blocks intact");
    return 0;
}
