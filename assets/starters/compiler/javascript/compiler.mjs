// A compiler that compiles nothing yet.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Something in a source that is not C: throw it with the line and what is wrong there. */
export class Mistake extends Error {
  constructor(line, message) {
    super(`${line}: ${message}`);
  }
}

/** C in, assembly out. */
function compile(text) {
  // Start here: text is the whole source. What `main` needs to return 42 on x86-64 is
  //
  //     .globl main
  //     main:
  //         movl $42, %eax
  //         ret
  return undefined;
}

function fail(message, status) {
  console.error(message);
  process.exitCode = status;
}

function main() {
  const { values, positionals } = parseArgs({ options: { program: { type: "string", short: "o" } }, allowPositionals: true });
  if (values.program === undefined || positionals.length === 0) {
    return fail("usage: ./run.sh source.c -o program", 2);
  }
  const folder = mkdtempSync(join(tmpdir(), "compiler-"));
  try {
    const files = [];
    for (const [number, source] of positionals.entries()) {
      let assembly;
      try {
        assembly = compile(readFileSync(source, "utf8"));
      } catch (error) {
        if (error instanceof Mistake) return fail(`${source}:${error.message}`, 1);
        throw error;
      }
      if (assembly === undefined) {
        return fail(`${source}: nothing is compiled yet; compile in compiler.mjs is where to begin`, 2);
      }
      files.push(join(folder, `${number}.s`));
      writeFileSync(files[number], assembly);
    }
    // cc assembles, and links with the C library.
    const linked = spawnSync("cc", ["-o", values.program, ...files], { stdio: "inherit" });
    if (linked.status !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
