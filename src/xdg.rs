//! Where the learner's own files are by the XDG base directory specification. A path that is not absolute counts as
//! not given, as it says.

use std::ffi::OsString;
use std::path::PathBuf;

/// `$XDG_CONFIG_HOME/lsfr`, or below `~/.config`: what the learner writes.
pub(crate) fn config_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    below(variable, "XDG_CONFIG_HOME", ".config")
}

/// `$XDG_STATE_HOME/lsfr`, or below `~/.local/state`: what lsfr keeps beside projects.
pub(crate) fn state_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    below(variable, "XDG_STATE_HOME", ".local/state")
}

/// `$XDG_CACHE_HOME/lsfr`, or below `~/.cache`: what can be found out again.
pub(crate) fn cache_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    below(variable, "XDG_CACHE_HOME", ".cache")
}

fn below(variable: impl Fn(&str) -> Option<OsString>, name: &str, usual: &str) -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(name).or_else(|| Some(absolute("HOME")?.join(usual)))?;
    Some(base.join("lsfr"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_environment_says_where() {
        let at = |xdg: Option<&str>, home: Option<&str>| {
            config_dir(|name| if name == "HOME" { home.map(OsString::from) } else { xdg.map(OsString::from) })
        };
        assert_eq!(at(None, Some("/home/x")).unwrap(), Path::new("/home/x/.config/lsfr"));
        assert_eq!(at(Some("/c"), Some("/home/x")).unwrap(), Path::new("/c/lsfr"));
        assert_eq!(at(Some("relative"), Some("/home/x")).unwrap(), Path::new("/home/x/.config/lsfr"));
        assert_eq!(at(Some("relative"), None), None);
        let state = state_dir(|name| (name == "HOME").then(|| "/home/x".into()));
        assert_eq!(state.unwrap(), Path::new("/home/x/.local/state/lsfr"));
    }
}
