//! The learner's editor: its command, and the process while it has the terminal.

use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use super::effect::Edited;
use crate::cluster::OPENED;
use crate::report::places::SourcePlace;

/// How an editor is told the line and the column to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `+42 file`
    PlusLine,
    /// `+42,13 file`
    PlusLineComma,
    /// `+42:13 file`
    PlusLineColon,
    /// `file:42:13`
    Suffix,
    /// `--goto file:42:13`
    Goto,
    /// `--line 42 --column 13 file`
    Options,
    /// `-l 42 -c 13 file`
    ShortOptions,
}

/// By the name of the program. All others get the file alone: an option that an editor does not know may be taken for
/// a file, or end it.
const EDITORS: &[(Form, &[&str])] = &[
    // `vi` may be one of several, which all know this.
    (Form::PlusLine, &["vi", "vim", "nvim", "gvim", "mvim", "view", "elvis", "nvi", "joe", "mg"]),
    (Form::PlusLineComma, &["nano", "pico"]),
    (Form::PlusLineColon, &["emacs", "emacsclient", "kak", "gedit"]),
    (Form::Suffix, &["hx", "helix", "zed", "zeditor", "subl", "sublime_text", "micro"]),
    (Form::Goto, &["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"]),
    (
        Form::Options,
        &["idea", "pycharm", "clion", "goland", "webstorm", "rustrover", "rubymine", "phpstorm", "rider", "studio"],
    ),
    (Form::ShortOptions, &["kate", "kwrite"]),
];

impl Form {
    /// Of the program that these words start. It may be a path, or a script with an ending.
    fn of(program: &str) -> Option<Form> {
        let name = program.rsplit('/').next().unwrap_or(program);
        let name = name.strip_suffix(".sh").unwrap_or(name);
        // `emacs-30.1`, `nvim.appimage`, `vim.basic`, `idea64`.
        let stem = name.split(['.', '-']).next().unwrap_or(name).trim_end_matches(|c: char| c.is_ascii_digit());
        let known = |name: &str| EDITORS.iter().find(|(_, names)| names.contains(&name)).map(|(form, _)| *form);
        known(name).or_else(|| known(stem))
    }

    fn arguments(self, SourcePlace { file, line, column }: &SourcePlace) -> Vec<String> {
        let file = as_file(file);
        let place = |separator: char| match column {
            Some(column) => format!("{line}{separator}{column}"),
            None => line.to_string(),
        };
        match self {
            Form::PlusLine => vec![format!("+{line}"), file],
            Form::PlusLineComma => vec![format!("+{}", place(',')), file],
            Form::PlusLineColon => vec![format!("+{}", place(':')), file],
            Form::Suffix => vec![format!("{file}:{}", place(':'))],
            Form::Goto => vec!["--goto".to_owned(), format!("{file}:{}", place(':'))],
            Form::Options => long_or_short("--line", "--column", *line, *column, file),
            Form::ShortOptions => long_or_short("-l", "-c", *line, *column, file),
        }
    }
}

fn long_or_short(
    line_option: &str,
    column_option: &str,
    line: u32,
    column: Option<u32>,
    file: String,
) -> Vec<String> {
    let mut words = vec![line_option.to_owned(), line.to_string()];
    words.extend(column.into_iter().flat_map(|column| [column_option.to_owned(), column.to_string()]));
    words.push(file);
    words
}

/// A name that no editor takes for an option or for a place, whatever it begins with.
fn as_file(file: &str) -> String {
    if file.starts_with(['-', '+']) { format!("./{file}") } else { file.to_owned() }
}

/// The words that start the editor, in the challenge directory. `own` is the learner's setting; where that is empty,
/// `variable` reads the environment.
pub(super) fn command(
    own: &[String],
    edited: &Edited,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, String> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut words = match own {
        [] => shlex::split(&editor)
            .filter(|words| !words.is_empty())
            .ok_or_else(|| format!("VISUAL or EDITOR cannot be read as a command: {editor}"))?,
        own => own.to_vec(),
    };
    match edited {
        Edited::Project => words.push(".".to_owned()),
        Edited::RunSh => words.push("run.sh".to_owned()),
        Edited::At(place) => match Form::of(&words[0]) {
            Some(form) => words.extend(form.arguments(place)),
            None => words.push(as_file(&place.file)),
        },
    }
    Ok(words)
}

pub(super) struct Editor {
    name: String,
    child: Child,
}

impl Editor {
    /// Starts it. The words are its command; the terminal must have been lent to it before.
    pub(super) fn start((words, dir): (Vec<String>, PathBuf)) -> Result<Editor, String> {
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        match Command::new(&name).args(words).current_dir(dir).env(OPENED, "1").spawn() {
            Ok(child) => Ok(Editor { name, child }),
            Err(error) => Err(format!(
                "The editor `{name}` could not be started: {error}. `editor` in config.yaml, VISUAL or EDITOR names \
                     another."
            )),
        }
    }

    /// May be dropped and called again.
    pub(super) async fn ended(&mut self) -> Result<(), String> {
        let Editor { name, child } = self;
        match child.wait().await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("The editor `{name}` ended with {status}.")),
            Err(error) => Err(format!("The editor `{name}` is lost: {error}.")),
        }
    }

    /// Passes a signal on to it.
    pub(super) fn tell(&self, signal: Signal) -> nix::Result<()> {
        // Until it has been waited for, nobody else has its pid.
        self.child.id().map_or(Ok(()), |pid| kill(Pid::from_raw(pid as i32), signal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(editor: &str, file: &str, column: Option<u32>) -> Vec<String> {
        let place = SourcePlace { file: file.to_owned(), line: 42, column };
        command(&[], &Edited::At(place), |name| (name == "EDITOR").then(|| editor.to_owned())).unwrap()
    }

    #[test]
    fn each_editor_is_told_the_place_in_its_own_way() {
        for (editor, words) in [
            ("vi", "vi +42 src/a.c"),
            ("vim", "vim +42 src/a.c"),
            ("/usr/local/bin/nvim", "/usr/local/bin/nvim +42 src/a.c"),
            ("nvim.appimage", "nvim.appimage +42 src/a.c"),
            ("kak", "kak +42:13 src/a.c"),
            ("hx", "hx src/a.c:42:13"),
            ("helix", "helix src/a.c:42:13"),
            ("nano -l", "nano -l +42,13 src/a.c"),
            ("emacs -nw", "emacs -nw +42:13 src/a.c"),
            ("emacs-30.1", "emacs-30.1 +42:13 src/a.c"),
            ("emacsclient -t", "emacsclient -t +42:13 src/a.c"),
            ("code --wait", "code --wait --goto src/a.c:42:13"),
            ("code-insiders", "code-insiders --goto src/a.c:42:13"),
            ("codium", "codium --goto src/a.c:42:13"),
            ("cursor", "cursor --goto src/a.c:42:13"),
            ("zed", "zed src/a.c:42:13"),
            ("subl -w", "subl -w src/a.c:42:13"),
            ("micro", "micro src/a.c:42:13"),
            ("idea", "idea --line 42 --column 13 src/a.c"),
            ("/opt/idea/bin/idea.sh", "/opt/idea/bin/idea.sh --line 42 --column 13 src/a.c"),
            ("kate", "kate -l 42 -c 13 src/a.c"),
            ("my-editor", "my-editor src/a.c"),
            ("ex", "ex src/a.c"),
        ] {
            assert_eq!(at(editor, "src/a.c", Some(13)).join(" "), words);
        }
    }

    #[test]
    fn without_a_column_the_line_is_enough() {
        for (editor, words) in [
            ("vim", "vim +42 a.py"),
            ("hx", "hx a.py:42"),
            ("nano", "nano +42 a.py"),
            ("emacs", "emacs +42 a.py"),
            ("code", "code --goto a.py:42"),
            ("idea", "idea --line 42 a.py"),
        ] {
            assert_eq!(at(editor, "a.py", None).join(" "), words);
        }
    }

    #[test]
    fn a_file_is_never_an_option() {
        for editor in ["vim", "nano", "emacs", "hx", "code", "idea", "kate", "other"] {
            let words = at(editor, "-c:quit.py", None);
            let file = words.last().unwrap();
            assert!(file.starts_with("./-c:quit.py"), "{words:?}");
        }
        assert_eq!(at("vim", "+q.c", None), ["vim", "+42", "./+q.c"]);
        // It stays one word, and no shell sees it.
        assert_eq!(at("hx", "a b;rm.c", None), ["hx", "a b;rm.c:42"]);
    }

    #[test]
    fn the_environment_names_the_editor() {
        let of = |pairs: &[(&str, &str)]| {
            let read = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            command(&[], &Edited::RunSh, read)
        };
        assert_eq!(of(&[]).unwrap(), ["vi", "run.sh"]);
        assert_eq!(of(&[("EDITOR", "nano"), ("VISUAL", "code -w")]).unwrap(), ["code", "-w", "run.sh"]);
        assert_eq!(of(&[("EDITOR", "nano"), ("VISUAL", " ")]).unwrap(), ["nano", "run.sh"]);
        assert!(of(&[("EDITOR", "nano \"")]).unwrap_err().contains("cannot be read as a command"));
        let project = command(&[], &Edited::Project, |_| Some("hx".to_owned()));
        assert_eq!(project.unwrap(), ["hx", "."]);
    }
}
