#!/bin/sh
# lsfr starts this in the challenge directory with --port=N and --working-dir=PATH; README.md lists all arguments.
# `exec` puts the program in the shell's place, so that signals reach it.
exec node server.mjs "$@"
