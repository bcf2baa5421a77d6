//! Paths in the run's folder, short: they are what a compiler is given, and their first fifty characters say nothing.

use std::borrow::Cow;
use std::path::Path;

use regex::bytes::Regex;

use crate::report::records::RUNS;

/// How paths in the folder of one run are shown: `…/case-12/in.c`, the last two names of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Paths {
    /// The folder, with whatever stands before it up to a blank, and what follows but the last two names.
    long: Option<Regex>,
    /// What every such path contains.
    folder: Vec<u8>,
}

impl Paths {
    pub(super) fn of(run_dir: &Path) -> Paths {
        let Some(name) = run_dir.file_name() else { return Paths::default() };
        let folder = format!("{RUNS}/{}/", name.to_string_lossy());
        // What ends a path, and what its names are made of.
        let end = r#"\s:;,'"`()\[\]{}<>="#;
        let (name, folder_regex) = (format!("[^/{end}]"), regex::escape(&folder));
        let last = format!("(?P<last>(?:{name}+/)?{name}+)");
        let long = format!("(?:{name}|/)*{folder_regex}(?:{name}+/)*?{last}(?P<end>[{end}]|$)");
        Paths { long: Regex::new(&format!("(?-u){long}")).ok(), folder: folder.into_bytes() }
    }

    pub(super) fn are_in(&self, line: &[u8]) -> bool {
        self.long.is_some() && memchr::memmem::find(line, &self.folder).is_some()
    }

    /// The line with short paths.
    pub(super) fn shortened<'l>(&self, line: &'l [u8]) -> Cow<'l, [u8]> {
        match &self.long {
            Some(long) if self.are_in(line) => long.replace_all(line, "…/${last}${end}".as_bytes()),
            _ => Cow::Borrowed(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(line: &str) -> String {
        let paths = Paths::of(Path::new("/home/me/cc/.lsfr/runs/20261129-071520-locals"));
        String::from_utf8(paths.shortened(line.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn the_last_two_names_are_left() {
        let folder = ".lsfr/runs/20261129-071520-locals";
        assert_eq!(
            short(&format!("$ ./run.sh {folder}/scratch/t-3/case-12/in.c -o {folder}/scratch/t-3/case-12/program")),
            "$ ./run.sh …/case-12/in.c -o …/case-12/program"
        );
        assert_eq!(
            short(&format!("/home/me/cc/{folder}/scratch/t/case/in.c:3:5: error: no `{folder}/a.c`")),
            "…/case/in.c:3:5: error: no `…/a.c`"
        );
        assert_eq!(short(&format!("--data={folder}/data/n1")), "--data=…/data/n1");
        assert_eq!(short("src/a/b/c.rs:3"), "src/a/b/c.rs:3");
        assert_eq!(short(".lsfr/runs/20261129-071521-other/scratch/a"), ".lsfr/runs/20261129-071521-other/scratch/a");
    }
}
