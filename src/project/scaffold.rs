//! A new project: run.sh, README.md, lsfr.yaml, .gitignore, and a starter program if a language is named.
//!
//! Nothing is ever overwritten. Every file is looked for first, so that one answer names all that are in the way, and
//! then created in a way that fails if something appeared in between.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::edit::scalar;
use super::starters::{self, Starter, starter_languages};
use super::{CONFIG_FILE, readme};
use crate::challenge::{Clients, Program};
use crate::text;

/// What a new project is made of.
#[derive(Debug)]
pub struct Scaffold<'a> {
    /// The directory; made if it is not there.
    pub target: &'a Path,
    /// The challenge's key and name.
    pub challenge: &'a str,
    pub name: &'a str,
    /// The challenge's overview, in Markdown.
    pub overview: &'a str,
    /// The key of the stage to begin with.
    pub first_stage: &'a str,
    pub program: Program,
    pub clients: Clients,
    /// The folder of a pack that does not come with lsfr, as lsfr.yaml should name it.
    pub pack: Option<&'a Path>,
    /// What `--lang` was given.
    pub lang: Option<&'a str>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    #[error("{}", unknown_language(.0))]
    UnknownLanguage(String),
    #[error("{} is the pack itself: name another directory for your program", .0.display())]
    IsPack(PathBuf),
    #[error("the path {} cannot be written into {CONFIG_FILE}, because it is not UTF-8: rename the folder", .0.display())]
    NotText(PathBuf),
    #[error("{}", in_the_way(.0))]
    Exists(Vec<PathBuf>),
    #[error("{} could not be made, so nothing was kept: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

fn unknown_language(lang: &str) -> String {
    let known: Vec<&str> = starter_languages().collect();
    let meant = text::did_you_mean(lang, known.iter().copied());
    let meant = meant.map(|meant| format!(" Did you mean {meant}?")).unwrap_or_default();
    format!(
        "there is no starter in {}.{meant} There are starters in {}; any other language works without --lang",
        text::clean(lang),
        known.join(", ")
    )
}

fn in_the_way(files: &[PathBuf]) -> String {
    let list: String = files.iter().map(|file| format!("\n  {}", text::clean(&file.to_string_lossy()))).collect();
    let these = if files.len() == 1 { "this is" } else { "these are" };
    format!(
        "nothing was written, because {these} already there:{list}\nMove away what you do not need, or choose another directory"
    )
}

/// A file to write, relative to the target.
struct File {
    path: &'static str,
    text: String,
    executable: bool,
}

/// Makes the project, and returns the files it wrote. On an error none of them is left.
pub fn scaffold(plan: &Scaffold) -> Result<Vec<PathBuf>, ScaffoldError> {
    let files = files(plan)?;
    let canonical = |path: &Path| path.canonicalize().ok();
    if let Some(pack) = plan.pack
        && canonical(pack).is_some()
        && canonical(pack) == canonical(plan.target)
    {
        return Err(ScaffoldError::IsPack(plan.target.to_owned()));
    }
    // A dangling link is in the way too.
    let taken = files.iter().map(|file| plan.target.join(file.path)).filter(|path| path.symlink_metadata().is_ok());
    let taken: Vec<PathBuf> = taken.collect();
    if !taken.is_empty() {
        return Err(ScaffoldError::Exists(taken));
    }
    let mut written = Vec::new();
    for file in &files {
        let path = plan.target.join(file.path);
        if let Err(error) = create(&path, file) {
            // A half-made project would only be in the way of the next try.
            for path in &written {
                let _ = std::fs::remove_file(path);
            }
            return Err(error);
        }
        written.push(path);
    }
    Ok(written)
}

fn create(path: &Path, file: &File) -> Result<(), ScaffoldError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| ScaffoldError::Io { path, error }
    };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(failed(dir))?;
    }
    let mode = if file.executable { 0o777 } else { 0o666 }; // less the user's umask
    let mut open = match OpenOptions::new().write(true).create_new(true).mode(mode).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(ScaffoldError::Exists(vec![path.to_owned()]));
        }
        opened => opened.map_err(failed(path))?,
    };
    open.write_all(file.text.as_bytes()).map_err(|error| {
        let _ = std::fs::remove_file(path);
        failed(path)(error)
    })
}

fn files(plan: &Scaffold) -> Result<Vec<File>, ScaffoldError> {
    let starter = match plan.lang {
        None => None,
        Some(lang) => {
            let starter = starters::find(plan.program, plan.clients, lang);
            Some(starter.ok_or_else(|| ScaffoldError::UnknownLanguage(lang.to_owned()))?)
        }
    };
    let text = |path, text: String| File { path, text, executable: false };
    let run_sh = match (starter, plan.program) {
        (Some((_, starter)), _) => starter.run_sh,
        (None, Program::Server) => RUN_SERVER,
        (None, Program::Compiler) => RUN_COMPILER,
    };
    let mut files = vec![
        File { path: "run.sh", text: run_sh.to_owned(), executable: true },
        text("README.md", readme::readme(plan, starter)),
        text(".gitignore", format!(".lsfr/\n{}", starter.map_or("", |(language, _)| language.ignored))),
    ];
    for &(path, source) in starter.map_or(&[][..], |(_, starter)| starter.files) {
        files.push(text(path, source.to_owned()));
    }
    // Last: a directory with an lsfr.yaml is whole.
    files.push(text(CONFIG_FILE, config(plan, starter.map(|(_, starter)| starter))?));
    Ok(files)
}

fn config(plan: &Scaffold, starter: Option<&Starter>) -> Result<String, ScaffoldError> {
    let mut config = format!("challenge: {}\n", scalar(plan.challenge));
    if let Some(pack) = plan.pack {
        let path = pack.to_str().ok_or_else(|| ScaffoldError::NotText(pack.to_owned()))?;
        config.push_str(&format!("path: {}\n", scalar(path)));
    }
    if let Some(build) = starter.and_then(|starter| starter.build) {
        config.push_str(&format!("# Runs in this directory, once before each round of tests.\nbuild: {build}\n"));
    }
    config.push_str(&format!("stages:\n  current: {}\n  completed: []\n", scalar(plan.first_stage)));
    Ok(config)
}

const RUN_SERVER: &str = r#"#!/bin/sh
# lsfr starts this in the challenge directory, as often as a test needs, with these arguments:
#
#   --port=24011         listen on 127.0.0.1 at this port
#   --working-dir=PATH   the only directory to write to; it stays when the program is started again
#
# In clusters also --id=n1 and --peers=n2=127.0.0.1:24112,n3=… (README.md says more).
#
# Replace the lines below with the command that starts your program, for example:
#
#   exec python3 server.py "$@"
#
# `exec` puts the program in the shell's place, so that signals reach it.

echo "run.sh starts no program yet: open it, and put the command that starts yours at its end." >&2
exit 1
"#;

const RUN_COMPILER: &str = r#"#!/bin/sh
# lsfr runs this in the challenge directory for each program that it wants compiled:
#
#   ./run.sh source.c -o program
#
# Later stages give several source files. End with status 0 when the program is written; when the source is wrong, end
# with status 1, write nothing, and name the line of the mistake on stderr.
#
# Replace the lines below with the command that starts your compiler, for example:
#
#   exec python3 compiler.py "$@"

echo "run.sh starts no compiler yet: open it, and put the command that starts yours at its end." >&2
exit 2
"#;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::project::Project;

    fn plan<'a>(target: &'a Path, lang: Option<&'a str>) -> Scaffold<'a> {
        Scaffold {
            target,
            challenge: "kv-store",
            name: "Distributed Key-Value Store",
            overview: "You build a store.\n",
            first_stage: "http-api",
            program: Program::Server,
            clients: Clients::Http,
            pack: None,
            lang,
        }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            dir.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_project_loads_and_says_what_to_do() {
        let temp = tempfile::tempdir().unwrap();
        let target = temp.path().join("deep/kv-store");
        let written = scaffold(&plan(&target, None)).unwrap();
        assert_eq!(written.len(), 4);
        assert_eq!(names(&target), [".gitignore", "README.md", "lsfr.yaml", "run.sh"]);
        assert_eq!(target.join("run.sh").metadata().unwrap().permissions().mode() & 0o100, 0o100);
        let config = Project::find(&target).unwrap().config;
        assert_eq!((config.challenge.as_str(), config.current.as_deref()), ("kv-store", Some("http-api")));
        let readme = std::fs::read_to_string(target.join("README.md")).unwrap();
        assert!(readme.starts_with("# Distributed Key-Value Store\n\nYou build a store.\n\n## How"), "{readme}");
        let run = std::process::Command::new(target.join("run.sh")).output().unwrap();
        assert_eq!(run.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&run.stderr).contains("starts no program yet"));
    }

    #[test]
    fn every_starter_is_whole() {
        let (http, lines) = (Clients::Http, Clients::Lines);
        let kinds = [(Program::Server, http), (Program::Server, lines), (Program::Compiler, http)];
        for (lang, (program, clients)) in starter_languages().flat_map(|lang| kinds.map(|kind| (lang, kind))) {
            let temp = tempfile::tempdir().unwrap();
            scaffold(&Scaffold { program, clients, ..plan(temp.path(), Some(lang)) }).unwrap();
            let (_, starter) = starters::find(program, clients, lang).unwrap();
            let config = Project::find(temp.path()).unwrap().config;
            assert_eq!(config.build.as_deref(), starter.build, "{lang}");
            let run_sh = std::fs::read_to_string(temp.path().join("run.sh")).unwrap();
            assert!(run_sh.starts_with("#!/bin/sh\n") && run_sh.contains("\nexec "), "{lang}");
            for (path, text) in starter.files {
                assert_eq!(std::fs::read_to_string(temp.path().join(path)).unwrap(), *text);
            }
        }
    }

    #[test]
    fn nothing_is_overwritten_and_all_that_is_in_the_way_is_named() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join("README.md"), "mine").unwrap();
        std::os::unix::fs::symlink("nowhere", temp.path().join("server.py")).unwrap();
        std::fs::write(temp.path().join("notes.txt"), "mine").unwrap();
        let error = scaffold(&plan(temp.path(), Some("py"))).unwrap_err().to_string();
        assert!(
            error.contains("README.md\n") && error.contains("server.py\n") && !error.contains("notes"),
            "{error}"
        );
        assert_eq!(names(temp.path()), ["README.md", "notes.txt", "server.py"]);
        // A second run finds the first.
        let other = temp.path().join("other");
        scaffold(&plan(&other, None)).unwrap();
        let before = std::fs::read(other.join("lsfr.yaml")).unwrap();
        assert!(matches!(scaffold(&plan(&other, None)), Err(ScaffoldError::Exists(files)) if files.len() == 4));
        assert_eq!(std::fs::read(other.join("lsfr.yaml")).unwrap(), before);
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let temp = tempfile::tempdir().unwrap();
        // The starter's folder cannot be made, because a file has its name.
        std::fs::write(temp.path().join("src"), "mine").unwrap();
        let error = scaffold(&plan(temp.path(), Some("rust"))).unwrap_err();
        assert!(matches!(&error, ScaffoldError::Io { path, .. } if path.ends_with("src")), "{error}");
        assert_eq!(names(temp.path()), ["src"]);
        // Nor does a target that is a file.
        let error = scaffold(&plan(&temp.path().join("src"), None)).unwrap_err();
        assert!(matches!(&error, ScaffoldError::Io { path, .. } if path.ends_with("src")), "{error}");
    }

    #[test]
    fn languages_that_have_no_starter_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let error = scaffold(&plan(temp.path(), Some("pyton"))).unwrap_err().to_string();
        assert!(error.contains("Did you mean python?"), "{error}");
        assert!(names(temp.path()).is_empty());
    }

    #[test]
    fn a_compiler_is_told_how_it_is_run() {
        let temp = tempfile::tempdir().unwrap();
        scaffold(&Scaffold { program: Program::Compiler, ..plan(temp.path(), None) }).unwrap();
        let read = |name: &str| std::fs::read_to_string(temp.path().join(name)).unwrap();
        assert!(read("run.sh").contains("./run.sh source.c -o program"));
        assert!(read("README.md").contains("names the line of the mistake") && !read("README.md").contains("--port"));
        // Neither a program that was compiled nor one that was refused.
        let run = std::process::Command::new(temp.path().join("run.sh")).output().unwrap();
        assert_eq!(run.status.code(), Some(2));
        let other = temp.path().join("python");
        scaffold(&Scaffold { program: Program::Compiler, ..plan(&other, Some("py")) }).unwrap();
        let readme = std::fs::read_to_string(other.join("README.md")).unwrap();
        assert!(readme.contains("compiles nothing") && !readme.contains("501"), "{readme}");
    }

    #[test]
    fn a_pack_keeps_its_path_and_is_no_target() {
        let temp = tempfile::tempdir().unwrap();
        let pack = temp.path().join("it's a: pack");
        std::fs::create_dir(&pack).unwrap();
        let target = temp.path().join("mine");
        scaffold(&Scaffold { pack: Some(&pack), ..plan(&target, None) }).unwrap();
        assert_eq!(Project::find(&target).unwrap().pack_dir().unwrap(), pack);
        let error = scaffold(&Scaffold { pack: Some(&pack), ..plan(&pack, None) }).unwrap_err();
        assert!(matches!(error, ScaffoldError::IsPack(_)));
    }
}
