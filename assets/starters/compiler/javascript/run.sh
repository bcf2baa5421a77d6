#!/bin/sh
# lsfr runs this in the challenge directory as ./run.sh source.c -o program; README.md says what must come of it.
exec node compiler.mjs "$@"
