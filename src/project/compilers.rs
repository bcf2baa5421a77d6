//! The starters for challenges that ask for a compiler: each reads its arguments and sources, has a place where C
//! becomes assembly, and lets `cc` make a program of that. Until something is written there it ends with status 2,
//! which means neither compiled nor refused.

use super::starters::{C, GO, JAVA, JAVASCRIPT, PYTHON, RUST, Starter};

macro_rules! asset {
    ($path:literal) => {
        include_str!(concat!("../../assets/starters/compiler/", $path))
    };
}

pub(super) static COMPILERS: &[Starter] = &[
    Starter {
        language: &PYTHON,
        build: None,
        run_sh: asset!("python/run.sh"),
        files: &[("compiler.py", asset!("python/compiler.py"))],
        first_steps: "`compiler.py` needs Python 3.7 or newer and nothing else. Each source comes to `compile_source` as text: \
                      return its assembly, or raise a `Mistake` with the line.",
    },
    Starter {
        language: &JAVASCRIPT,
        build: None,
        run_sh: asset!("javascript/run.sh"),
        files: &[("compiler.mjs", asset!("javascript/compiler.mjs"))],
        first_steps: "`compiler.mjs` needs Node.js 18.3 or newer and nothing else. Each source comes to `compile` as text: \
                      return its assembly, or throw a `Mistake` with the line. Numbers of C may need `BigInt`.",
    },
    Starter {
        language: &GO,
        build: Some("go build -o .build/compiler ."),
        run_sh: asset!("go/run.sh"),
        files: &[("main.go", asset!("go/main.go")), ("go.mod", asset!("go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each source comes to `compile` as text: return its \
                      assembly, or a `Mistake` with the line as the error.",
    },
    Starter {
        language: &RUST,
        build: Some("cargo build --release --target-dir target"),
        run_sh: asset!("rust/run.sh"),
        files: &[("Cargo.toml", asset!("rust/Cargo.toml.in")), ("src/main.rs", asset!("rust/src/main.rs"))],
        first_steps: "The starter needs a stable Rust and no crates. Each source comes to `compile` in `src/main.rs` as text: \
                      return its assembly, or a `Trouble::Mistake` with the line.",
    },
    Starter {
        language: &JAVA,
        build: Some("javac -d .build Main.java"),
        run_sh: asset!("java/run.sh"),
        files: &[("Main.java", asset!("java/Main.java"))],
        first_steps: "`Main.java` needs a JDK 11 or newer and nothing else. Each source comes to `compile` as text: return its \
                      assembly, or throw a `Mistake` with the line.",
    },
    Starter {
        language: &C,
        build: Some("mkdir -p .build && cc -O2 -Wall -o .build/compiler compiler.c"),
        run_sh: asset!("c/run.sh"),
        files: &[("compiler.c", asset!("c/compiler.c"))],
        first_steps: "`compiler.c` needs a C compiler called `cc`, as every compiler here does to assemble and link. Each source \
                      comes to `compile` as text: write its assembly to the file and return 1, or call `mistake` with the \
                      line.",
    },
];
