//! Python.

use super::{Language, Starter, asset};

pub(super) static LANGUAGE: Language = Language {
    key: "python",
    aliases: &["py", "python3"],
    name: "Python",
    ignored: "__pycache__/\n",
    server: Starter {
        build: None,
        run_sh: asset!("python/run.sh"),
        files: &[("server.py", asset!("python/server.py"))],
        first_steps: "`server.py` needs Python 3.7 or newer and nothing else. Each request comes to `answer`: look at \
                      `self.command` and `self.path` there, and answer with `self.reply(status, body)`. Connections \
                      are served by threads of their own, so guard what they share with a `threading.Lock`.",
    },
    lines: Starter {
        build: None,
        run_sh: asset!("python/run.sh"),
        files: &[("server.py", asset!("lines/python/server.py"))],
        first_steps: "`server.py` needs Python 3.7 or newer and nothing else. Each line comes to `answer`, and \
                      `self.rfile.read(n)` reads the bytes behind it. Connections are served by threads of their own: \
                      guard what they share with a `threading.Lock`, and let those that wait do so on a `Condition`.",
    },
    compiler: Starter {
        build: None,
        run_sh: asset!("compiler/python/run.sh"),
        files: &[("compiler.py", asset!("compiler/python/compiler.py"))],
        first_steps: "`compiler.py` needs Python 3.7 or newer and nothing else. Each source comes to `compile_source` as text: \
                      return its assembly, or raise a `Mistake` with the line.",
    },
};
