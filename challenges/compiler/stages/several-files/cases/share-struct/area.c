struct box { int width, height; };

int area(struct box *b) {
    return b->width * b->height;
}
