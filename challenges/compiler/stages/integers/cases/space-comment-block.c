// A comment between slash and star ends at the first star with a slash after it, across lines and past other stars. The star that opens it does not end it.
// exit: 11
/* return 1; * 2 ** 3
 * // still a comment
 */
int main(void) {
    return /*/ 12; /*/ 11; /**/
}
