#!/bin/sh
# lsfr runs this in the challenge directory as ./run.sh source.c -o program; README.md says what it must do.
# The compiler is built beforehand, by `build:` in lsfr.yaml.
exec .build/compiler "$@"
