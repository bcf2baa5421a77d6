#!/usr/bin/env python3
"""gcc, and with `--bug` what it makes is changed on the way from text to assembly, or from that to a program:

ints-not-extended     an int that meets a long becomes one without its sign
conditions-of-8-bits  a condition looks at the lowest 8 bits of an int
conditions-of-32-bits a condition looks at the lowest 32 bits of a long
shorts-are-ints       short is int: unsigned short is not widened to int, and nothing is cut to 16 bits
sizeof-of-int         sizeof gives an int
stack-misaligned      the stack of every function is 8 bytes off
subtracts-backwards   a variable is subtracted from, and not by, what stands at its left
compound-in-own-type  a compound assignment is computed in the type of its variable
continue-restarts-do  continue in a do loop begins the next round without a look at the condition
"""
import re
import subprocess
import sys
import tempfile

# What replaces what in gcc's assembly without optimisation.
CHANGES = {
    "ints-not-extended": [(r"\bcltq\b", "movl %eax, %eax"), (r"movslq\t(\S+), %r(\w+)$", r"movl\t\1, %e\2")],
    "conditions-of-8-bits": [(r"cmpl\t\$0, (\S+)", r"cmpb\t$0, \1"), (r"testl\t%eax, %eax", "testb %al, %al")],
    "conditions-of-32-bits": [(r"cmpq\t\$0, (\S+)", r"cmpl\t$0, \1"), (r"testq\t%rax, %rax", "testl %eax, %eax")],
    "stack-misaligned": [(r"subq\t\$(\d+), %rsp", lambda found: f"subq\t${int(found[1]) + 8}, %rsp")],
    "subtracts-backwards": [(r"subl\t(-\d+\(%rbp\)), %eax", r"subl\t\1, %eax\n\tnegl\t%eax")],
}

# And in the text.
NAMES = {"sizeof-of-int": "sizeof=(int)sizeof", "shorts-are-ints": "short=int"}

# What is no part of a comment, a text or a character stands alone: a word, or one sign.
TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\w+|\s+|.""", re.DOTALL)


def own_type(text):
    """What is assigned gets the type of the variable before anything is computed."""
    return re.sub(r"\b(\w+) ([-+*/%&|^]|<<|>>)=(?!=)", r"\1 \2= (__typeof__(\1))", text)


def restarted(text):
    """Each do loop in braces begins with a label, to which its continues go."""
    made, loops, depth, parens, header, ends_do, number = [], [], 0, 0, None, False, 0
    for token in TOKENS.findall(text):
        blank = token.isspace() or token.startswith(("//", "/*"))
        # After the head of a loop comes its body: in braces, or up to a semicolon.
        if header == "body" and not blank:
            loops.append((depth, None, token == "{"))
            header = None
        if token in ("for", "while") and not ends_do:
            header = parens
        elif token == "do":
            header = "do"
        elif token == "continue" and loops and loops[-1][1]:
            token = "goto " + loops[-1][1]
        elif token == "(":
            parens += 1
        elif token == ")":
            parens -= 1
            header = "body" if header == parens else header
        elif token == "{":
            if header == "do":
                number += 1
                label, header = f"round_{number}", None
                loops.append((depth, label, True))
                token = "{ " + label + ": ;"
            depth += 1
        ends_do = ends_do and blank
        if token == "}":
            depth -= 1
            if loops and loops[-1][0] == depth and loops[-1][2]:
                ends_do = loops.pop()[1] is not None
        if token in ";}" and not parens:
            while loops and loops[-1][0] == depth and not loops[-1][2]:
                loops.pop()
        made.append(token)
    return "".join(made)


TEXTS = {"compound-in-own-type": own_type, "continue-restarts-do": restarted}

arguments, bug = sys.argv[1:], ""
if arguments[0] == "--bug":
    bug, arguments = arguments[1], arguments[2:]
gcc = ["gcc", "-w", "-O0", "-fno-pie", "-fcf-protection=none", *(["-D" + NAMES[bug]] if bug in NAMES else [])]
sources = [argument for argument in arguments if argument.endswith(".c")]
with tempfile.TemporaryDirectory() as folder:
    made = []
    for number, source in enumerate(sources):
        path = f"{folder}/{number}.s"
        if bug in TEXTS:
            with open(source) as file:
                text = TEXTS[bug](file.read())
            source = f"{folder}/{number}.c"
            with open(source, "w") as file:
                file.write(text)
        compiled = subprocess.run([*gcc, "-S", source, "-o", path])
        if compiled.returncode:
            sys.exit(compiled.returncode)
        with open(path) as file:
            text = file.read()
        for wrong, instead in CHANGES.get(bug, []):
            text = re.sub(wrong, instead, text, flags=re.MULTILINE)
        with open(path, "w") as file:
            file.write(text)
        made.append(path)
    rest = [argument for argument in arguments if not argument.endswith(".c")]
    sys.exit(subprocess.run(["gcc", "-no-pie", *made, *rest]).returncode)
