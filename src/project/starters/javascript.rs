//! JavaScript.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "javascript",
    aliases: &["js", "node", "nodejs"],
    name: "JavaScript",
    ignored: "node_modules/\n",
    server: Starter {
        build: None,
        run_sh: asset!("javascript/run.sh"),
        files: &[("server.mjs", asset!("javascript/server.mjs"))],
        first_steps: "`server.mjs` needs Node.js 18.3 or newer and nothing else. Each request comes to `answer` with its \
                      body: look at `request.method` and `request.url` there, and answer with `reply(response, \
                      status, body)`. `body` is a Buffer: keep it as bytes.",
    },
    lines: Starter {
        build: None,
        run_sh: asset!("javascript/run.sh"),
        files: &[("server.mjs", asset!("lines/javascript/server.mjs"))],
        first_steps: "`server.mjs` needs Node.js 18.3 or newer and nothing else. Each line comes to `answer` as bytes. A body \
                      may be in the same packet or in a later one: give the connection a state that says what it reads.",
    },
    compiler: Starter {
        build: None,
        run_sh: asset!("compiler/javascript/run.sh"),
        files: &[("compiler.mjs", asset!("compiler/javascript/compiler.mjs"))],
        first_steps: "`compiler.mjs` needs Node.js 18.3 or newer and nothing else. Each source comes to `compile` as text: \
                      return its assembly, or throw a `Mistake` with the line. Numbers of C may need `BigInt`.",
    },
};
