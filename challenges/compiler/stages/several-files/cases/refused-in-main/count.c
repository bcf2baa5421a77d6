int count(void) { return 3; }
