#!/bin/sh
# lsfr runs this in the challenge directory as ./run.sh source.c -o program; README.md says what it must do.
exec python3 compiler.py "$@"
