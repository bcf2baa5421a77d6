// Where words cannot run together no space is needed.
// exit: 7
int main(void){return 7;}
