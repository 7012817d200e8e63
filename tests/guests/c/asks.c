// Asks for the environment or for the time only where it is told to.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(void) {
#ifdef ASK_ENVIRONMENT
  const char *home = getenv("HOME");
  puts(home ? home : "nowhere");
#endif
#ifdef ASK_TIME
  printf("%lld\n", (long long)time(NULL));
#endif
  return 0;
}
