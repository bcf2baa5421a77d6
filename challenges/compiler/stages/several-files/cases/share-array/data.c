int primes[] = {2, 3, 5, 7};
char *names[2] = {"two", "three"};
