// Every source is a file of its own: the first one does not see what the second declares after it.
// exit: 7
int seven(void);
int main(void) { return seven(); }
