//! Java.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "java",
    aliases: &[],
    name: "Java",
    ignored: ".build/\n",
    server: Starter {
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("java/run.sh"),
        files: &[("Main.java", asset!("java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each request comes to `answer`: look at \
                      `exchange.getRequestMethod()` and `exchange.getRequestURI()` there, and answer with \
                      `reply(exchange, status, text)`. Requests run side by side, so share data in a \
                      `ConcurrentHashMap` or under a lock.",
    },
    lines: Starter {
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("java/run.sh"),
        files: &[("Main.java", asset!("lines/java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each line comes to `answer`, with a stream of what is \
                      behind it. Each connection has a thread: guard the jobs with a lock, and let those that wait do so \
                      on a `Condition`.",
    },
    compiler: Starter {
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("compiler/java/run.sh"),
        files: &[("Main.java", asset!("compiler/java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each source comes to `compile` as text: return its \
                      assembly, or throw a `Mistake` with the line.",
    },
};
