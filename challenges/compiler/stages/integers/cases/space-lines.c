// Every token may stand on a line of its own.
// exit: 8
int
main
(
void
)
{
return
8
;
}
