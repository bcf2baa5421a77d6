#!/bin/sh
# lsfr starts this in the challenge directory with --port=N and --working-dir=PATH; README.md lists all arguments.
# The program is built beforehand, by `build:` in lsfr.yaml. `exec` puts it in the shell's place, so that signals reach it.
exec .build/server "$@"
