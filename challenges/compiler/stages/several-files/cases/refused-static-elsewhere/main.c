// A static function cannot be called from another file.
// refused: anywhere
int hidden(void);

int main(void) {
    return hidden();
}
