//! Rust.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "rust",
    aliases: &["rs"],
    name: "Rust",
    ignored: "target/\n",
    server: Starter {
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
    lines: Starter {
        build: Some("cargo build --release --target-dir target"),
        run_sh: asset!("rust/run.sh"),
        files: &[("Cargo.toml", asset!("rust/Cargo.toml.in")), ("src/main.rs", asset!("lines/rust/src/main.rs"))],
        first_steps: "The starter needs a stable Rust and no crates. Each line comes to `answer` in `src/main.rs`, with a reader \
                      of what is behind it. Each connection has a thread: share the jobs in an `Arc<Mutex<…>>`, and let \
                      those that wait do so on a `Condvar`.",
    },
    compiler: Starter {
        build: Some("cargo build --release --target-dir target"),
        run_sh: asset!("compiler/rust/run.sh"),
        files: &[
            ("Cargo.toml", asset!("compiler/rust/Cargo.toml.in")),
            ("src/main.rs", asset!("compiler/rust/src/main.rs")),
        ],
        first_steps: "The starter needs a stable Rust and no crates. Each source comes to `compile` in `src/main.rs` as text: \
                      return its assembly, or a `Trouble::Mistake` with the line.",
    },
};
