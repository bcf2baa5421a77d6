"""A compiler that compiles nothing yet."""

import argparse
import os
import subprocess
import sys
import tempfile


class Mistake(Exception):
    """Something in a source that is not C: raise it with the line and what is wrong there."""

    def __init__(self, line, message):
        super().__init__(f"{line}: {message}")


def compile_source(text):
    """C in, assembly out."""
    # Start here: text is the whole source. What `main` needs to return 42 on x86-64 is
    #
    #     .globl main
    #     main:
    #         movl $42, %eax
    #         ret
    raise NotImplementedError


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+")
    parser.add_argument("-o", dest="program", required=True)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, source in enumerate(args.sources):
            with open(source, encoding="utf-8") as file:
                text = file.read()
            try:
                assembly = compile_source(text)
            except Mistake as mistake:
                sys.exit(f"{source}:{mistake}")  # prints it on stderr and ends with 1
            except NotImplementedError:
                print(f"{source}: nothing is compiled yet; compile_source in compiler.py is where to begin", file=sys.stderr)
                sys.exit(2)
            files.append(os.path.join(folder, f"{number}.s"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(assembly)
        # cc assembles, and links with the C library.
        linked = subprocess.run(["cc", "-o", args.program, *files], check=False)
    sys.exit(0 if linked.returncode == 0 else 1)


if __name__ == "__main__":
    main()
