//! C.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "c",
    aliases: &[],
    name: "C",
    ignored: ".build/\n",
    server: Starter {
        build: Some("mkdir -p .build && cc -O2 -Wall -pthread -o .build/server server.c"),
        run_sh: asset!("c/run.sh"),
        files: &[("server.c", asset!("c/server.c"))],
        first_steps: "`server.c` needs a C compiler called `cc` and POSIX threads. Each request comes to `answer`: look at \
                      `request->method`, `request->path` and `request->body` there, and answer with `reply`. Values may \
                      hold zero bytes: use `request->length`, not `strlen`. Each connection has a thread, so guard \
                      what they share with a `pthread_mutex_t`.",
    },
    lines: Starter {
        build: Some("mkdir -p .build && cc -O2 -Wall -pthread -o .build/server server.c"),
        run_sh: asset!("c/run.sh"),
        files: &[("server.c", asset!("lines/c/server.c"))],
        first_steps: "`server.c` needs a C compiler called `cc` and POSIX threads. Each line comes to `answer`, with the streams \
                      of its connection. A body may hold zero bytes: use its length, not `strlen`. Each connection has a \
                      thread: guard the jobs with a `pthread_mutex_t`, and let those that wait do so on a `pthread_cond_t`.",
    },
    compiler: Starter {
        build: Some("mkdir -p .build && cc -O2 -Wall -o .build/compiler compiler.c"),
        run_sh: asset!("compiler/c/run.sh"),
        files: &[("compiler.c", asset!("compiler/c/compiler.c"))],
        first_steps: "`compiler.c` needs a C compiler called `cc`, as every compiler here does to assemble and link. Each source \
                      comes to `compile` as text: write its assembly to the file and return 1, or call `mistake` with the \
                      line.",
    },
};
