static int kept = 6;
int seven(void) { return ++kept; }
