//! The starter programs of `--lang`: small servers that boot, answer 501, and fail the first stage as expected, and
//! compilers that compile nothing.
//!
//! Their sources are in `assets/starters/`, one folder per language. Manifests are named `.in` there, so that cargo and
//! go do not take them for packages of this repository.

use super::compilers::COMPILERS;
use super::line_servers::LINE_SERVERS;
use crate::challenge::{Clients, Program};

/// A language that starters are written in.
pub(super) struct Language {
    /// What `--lang` takes.
    key: &'static str,
    aliases: &'static [&'static str],
    /// The name that readers know.
    pub(super) name: &'static str,
    /// What git should ignore, one pattern per line.
    pub(super) ignored: &'static str,
}

pub(super) static PYTHON: Language =
    Language { key: "python", aliases: &["py", "python3"], name: "Python", ignored: "__pycache__/\n" };
pub(super) static JAVASCRIPT: Language = Language {
    key: "javascript",
    aliases: &["js", "node", "nodejs"],
    name: "JavaScript",
    ignored: "node_modules/\n",
};
pub(super) static GO: Language = Language { key: "go", aliases: &["golang"], name: "Go", ignored: ".build/\n" };
pub(super) static RUST: Language = Language { key: "rust", aliases: &["rs"], name: "Rust", ignored: "target/\n" };
pub(super) static JAVA: Language = Language { key: "java", aliases: &[], name: "Java", ignored: ".build/\n" };
pub(super) static C: Language = Language { key: "c", aliases: &[], name: "C", ignored: ".build/\n" };

/// A program to begin with, in one language, for one kind of challenge.
pub(super) struct Starter {
    pub(super) language: &'static Language,
    /// `build:` of lsfr.yaml, for languages that compile.
    pub(super) build: Option<&'static str>,
    pub(super) run_sh: &'static str,
    /// Where each file goes, and what is in it.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Markdown: where to begin.
    pub(super) first_steps: &'static str,
}

macro_rules! asset {
    ($path:literal) => {
        include_str!(concat!("../../assets/starters/", $path))
    };
}

static SERVERS: &[Starter] = &[
    Starter {
        language: &PYTHON,
        build: None,
        run_sh: asset!("python/run.sh"),
        files: &[("server.py", asset!("python/server.py"))],
        first_steps: "`server.py` needs Python 3.7 or newer and nothing else. Each request comes to `answer`: look at \
                      `self.command` and `self.path` there, and answer with `self.reply(status, body)`. Connections \
                      are served by threads of their own, so guard what they share with a `threading.Lock`.",
    },
    Starter {
        language: &JAVASCRIPT,
        build: None,
        run_sh: asset!("javascript/run.sh"),
        files: &[("server.mjs", asset!("javascript/server.mjs"))],
        first_steps: "`server.mjs` needs Node.js 18.3 or newer and nothing else. Each request comes to `answer` with its \
                      body: look at `request.method` and `request.url` there, and answer with `reply(response, \
                      status, body)`. `body` is a Buffer: keep it as bytes.",
    },
    Starter {
        language: &GO,
        build: Some("go build -o .build/server ."),
        run_sh: asset!("go/run.sh"),
        files: &[("main.go", asset!("go/main.go")), ("go.mod", asset!("go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each request comes to `answer`: look at `r.Method` \
                      and `r.URL.Path` there, and answer with `reply(w, status, body)`. Requests run side by side, so \
                      guard what they share with a `sync.Mutex`.",
    },
    Starter {
        language: &RUST,
        build: Some("cargo build --release --target-dir target"),
        run_sh: asset!("rust/run.sh"),
        files: &[
            ("Cargo.toml", asset!("rust/Cargo.toml.in")),
            ("src/main.rs", asset!("rust/src/main.rs")),
            ("src/http.rs", asset!("rust/src/http.rs")),
        ],
        first_steps: "The starter needs a stable Rust and no crates. Each request comes to `answer` in `src/main.rs`: look at \
                      `request.method` and `request.path` there, and return a `Response`. `src/http.rs` reads and \
                      writes HTTP; swap it for a crate of your choice whenever you like. Each connection has a thread, \
                      so share what they need in an `Arc<Mutex<…>>`.",
    },
    Starter {
        language: &JAVA,
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("java/run.sh"),
        files: &[("Main.java", asset!("java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each request comes to `answer`: look at \
                      `exchange.getRequestMethod()` and `exchange.getRequestURI()` there, and answer with \
                      `reply(exchange, status, text)`. Requests run side by side, so share data in a \
                      `ConcurrentHashMap` or under a lock.",
    },
    Starter {
        language: &C,
        build: Some("mkdir -p .build && cc -O2 -Wall -pthread -o .build/server server.c"),
        run_sh: asset!("c/run.sh"),
        files: &[("server.c", asset!("c/server.c"))],
        first_steps: "`server.c` needs a C compiler called `cc` and POSIX threads. Each request comes to `answer`: look at \
                      `request->method`, `request->path` and `request->body` there, and answer with `reply`. Values may \
                      hold zero bytes: use `request->length`, not `strlen`. Each connection has a thread, so guard \
                      what they share with a `pthread_mutex_t`.",
    },
];

/// What `--lang` takes: the same languages for every kind of program.
pub fn starter_languages() -> impl Iterator<Item = &'static str> {
    SERVERS.iter().map(|starter| starter.language.key)
}

pub(super) fn find(program: Program, clients: Clients, lang: &str) -> Option<&'static Starter> {
    let lang = lang.to_lowercase();
    let starters = match (program, clients) {
        (Program::Server, Clients::Http) => SERVERS,
        (Program::Server, Clients::Lines) => LINE_SERVERS,
        (Program::Compiler, _) => COMPILERS,
    };
    starters.iter().find(|Starter { language, .. }| language.key == lang || language.aliases.contains(&lang.as_str()))
}
