//! The starters for servers whose clients speak a text protocol over TCP: each listens, reads lines, and knows no command.

use super::starters::{C, GO, JAVA, JAVASCRIPT, PYTHON, RUST, Starter};

macro_rules! asset {
    ($path:literal) => {
        include_str!(concat!("../../assets/starters/", $path))
    };
}

pub(super) static LINE_SERVERS: &[Starter] = &[
    Starter {
        language: &PYTHON,
        build: None,
        run_sh: asset!("python/run.sh"),
        files: &[("server.py", asset!("lines/python/server.py"))],
        first_steps: "`server.py` needs Python 3.7 or newer and nothing else. Each line comes to `answer`, and \
                      `self.rfile.read(n)` reads the bytes behind it. Connections are served by threads of their own: \
                      guard what they share with a `threading.Lock`, and let those that wait do so on a `Condition`.",
    },
    Starter {
        language: &JAVASCRIPT,
        build: None,
        run_sh: asset!("javascript/run.sh"),
        files: &[("server.mjs", asset!("lines/javascript/server.mjs"))],
        first_steps: "`server.mjs` needs Node.js 18.3 or newer and nothing else. Each line comes to `answer` as bytes. A body \
                      may be in the same packet or in a later one: give the connection a state that says what it reads.",
    },
    Starter {
        language: &GO,
        build: Some("go build -o .build/server ."),
        run_sh: asset!("go/run.sh"),
        files: &[("main.go", asset!("lines/go/main.go")), ("go.mod", asset!("go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each line comes to `answer`, with a reader of what is \
                      behind it. Connections run side by side: let one goroutine own the jobs, or guard them with a \
                      `sync.Mutex`.",
    },
    Starter {
        language: &RUST,
        build: Some("cargo build --release --target-dir target"),
        run_sh: asset!("rust/run.sh"),
        files: &[("Cargo.toml", asset!("rust/Cargo.toml.in")), ("src/main.rs", asset!("lines/rust/src/main.rs"))],
        first_steps: "The starter needs a stable Rust and no crates. Each line comes to `answer` in `src/main.rs`, with a reader \
                      of what is behind it. Each connection has a thread: share the jobs in an `Arc<Mutex<…>>`, and let \
                      those that wait do so on a `Condvar`.",
    },
    Starter {
        language: &JAVA,
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("java/run.sh"),
        files: &[("Main.java", asset!("lines/java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each line comes to `answer`, with a stream of what is \
                      behind it. Each connection has a thread: guard the jobs with a lock, and let those that wait do so \
                      on a `Condition`.",
    },
    Starter {
        language: &C,
        build: Some("mkdir -p .build && cc -O2 -Wall -pthread -o .build/server server.c"),
        run_sh: asset!("c/run.sh"),
        files: &[("server.c", asset!("lines/c/server.c"))],
        first_steps: "`server.c` needs a C compiler called `cc` and POSIX threads. Each line comes to `answer`, with the streams \
                      of its connection. A body may hold zero bytes: use its length, not `strlen`. Each connection has a \
                      thread: guard the jobs with a `pthread_mutex_t`, and let those that wait do so on a `pthread_cond_t`.",
    },
];
