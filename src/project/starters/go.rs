//! Go.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "go",
    aliases: &["golang"],
    name: "Go",
    ignored: ".build/\n",
    server: Starter {
        build: Some("go build -o .build/server ."),
        run_sh: asset!("go/run.sh"),
        files: &[("main.go", asset!("go/main.go")), ("go.mod", asset!("go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each request comes to `answer`: look at `r.Method` \
                      and `r.URL.Path` there, and answer with `reply(w, status, body)`. Requests run side by side, so \
                      guard what they share with a `sync.Mutex`.",
    },
    lines: Starter {
        build: Some("go build -o .build/server ."),
        run_sh: asset!("go/run.sh"),
        files: &[("main.go", asset!("lines/go/main.go")), ("go.mod", asset!("go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each line comes to `answer`, with a reader of what is \
                      behind it. Connections run side by side: let one goroutine own the jobs, or guard them with a \
                      `sync.Mutex`.",
    },
    compiler: Starter {
        build: Some("go build -o .build/compiler ."),
        run_sh: asset!("compiler/go/run.sh"),
        files: &[("main.go", asset!("compiler/go/main.go")), ("go.mod", asset!("compiler/go/go.mod.in"))],
        first_steps: "`main.go` needs Go 1.21 or newer and nothing else. Each source comes to `compile` as text: return its \
                      assembly, or a `Mistake` with the line as the error.",
    },
};
