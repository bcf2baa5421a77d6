#!/bin/sh
# lsfr runs this in the challenge directory as ./run.sh source.c -o program; README.md says what must come of it.
# The compiler is built before, by `build:` in lsfr.yaml.
exec target/release/compiler "$@"
