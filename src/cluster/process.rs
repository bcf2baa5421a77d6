//! What the operating system says about single processes: their children, state, time and memory. From /proc on
//! Linux; elsewhere from `ps`, which every Unix has, best effort.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) parent: i32,
    /// 0 where it is not known.
    pub(crate) session: i32,
    /// When it was started, in ticks of the system's own; 0 where it is not known.
    pub(crate) start: u64,
    pub(crate) threads: u32,
    /// As `ps` prints it: R, S, D, T (stopped), Z (ended, not yet waited for), ...
    pub(crate) state: char,
    /// Used by the process itself.
    pub(crate) cpu: Duration,
    /// Used by children it has waited for.
    pub(crate) children_cpu: Duration,
}

impl Stat {
    /// The state is that of the first thread, which may end before the others do.
    pub(crate) fn ended(&self) -> bool {
        matches!(self.state, 'Z' | 'X') && self.threads <= 1
    }

    pub(crate) fn stopped(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }
}

/// One particular process: its pid by itself may be another's as soon as it has been waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) start: u64,
}

impl Process {
    pub(crate) fn lives(self) -> bool {
        stat(self.pid).is_some_and(|stat| stat.start == self.start && !stat.ended())
    }

    /// It may end between the look and the signal, but for its pid to be another's by then, all pids of the system
    /// would have to be given out in microseconds.
    pub(crate) fn signal(self, signal: Signal) {
        if self.lives() {
            let _ = kill(Pid::from_raw(self.pid), signal);
        }
    }
}

/// What a process runs, if it is not a program of its own: `server.py`, by `python3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) interpreter: String,
    pub(crate) file: String,
}

pub(crate) use imp::{children, is_at_work, name, resident, script, stat};

#[cfg(target_os = "linux")]
mod imp {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;
    use std::sync::OnceLock;
    use std::time::Duration;

    use super::{Script, Stat};

    /// Direct children of a process, ended ones too.
    pub(crate) fn children(pid: i32) -> Vec<i32> {
        // The kernel may have been built without the `children` file; then each process names its parent.
        static LISTED: OnceLock<bool> = OnceLock::new();
        if !LISTED.get_or_init(|| Path::new("/proc/thread-self/children").exists()) {
            return all().into_iter().filter(|other| stat(*other).is_some_and(|stat| stat.parent == pid)).collect();
        }
        // A child belongs to the thread that made it, so every thread is asked.
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for thread in threads.flatten() {
            if let Ok(listed) = fs::read_to_string(thread.path().join("children")) {
                found.extend(listed.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
            }
        }
        found
    }

    fn all() -> Vec<i32> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }

    pub(crate) fn stat(pid: i32) -> Option<Stat> {
        parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name is in parentheses and may hold anything, parentheses and invalid UTF-8 included; what follows the last
    /// one is regular.
    pub(super) fn parse_stat(bytes: &[u8]) -> Option<Stat> {
        let end = bytes.iter().rposition(|byte| *byte == b')')?;
        let rest = std::str::from_utf8(&bytes[end + 1..]).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // Linux shows user space 100 ticks a second on every machine that Rust's std supports.
        let time = |index: usize| -> Option<Duration> {
            Some(Duration::from_millis(fields.get(index)?.parse::<u64>().ok()? * 10))
        };
        Some(Stat {
            state: fields.first()?.chars().next()?,
            parent: fields.get(1)?.parse().ok()?,
            session: fields.get(3)?.parse().ok()?,
            threads: fields.get(17)?.parse().ok()?,
            start: fields.get(19)?.parse().ok()?,
            cpu: time(11)? + time(12)?,
            children_cpu: time(13)? + time(14)?,
        })
    }

    /// Resident memory in bytes; 0 for a process that has ended. With `shared_once`, a page that several processes
    /// share counts as its part in each: exact, and far slower to find out.
    pub(crate) fn resident(pid: i32, shared_once: bool) -> u64 {
        let (file, field) = if shared_once { ("smaps_rollup", "Pss:") } else { ("status", "VmRSS:") };
        fs::read(format!("/proc/{pid}/{file}"))
            .map(|bytes| kilobytes(&String::from_utf8_lossy(&bytes), field) * 1024)
            .unwrap_or(0)
    }

    fn kilobytes(text: &str, field: &str) -> u64 {
        text.lines()
            .find_map(|line| line.strip_prefix(field))
            .and_then(|rest| rest.split_ascii_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    pub(crate) fn name(pid: i32) -> Option<String> {
        let bytes = fs::read(format!("/proc/{pid}/comm")).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    }

    /// One of its threads runs, waits for a processor, or waits for the disk.
    pub(crate) fn is_at_work(pid: i32) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            return false;
        };
        let mut threads = threads.flatten().filter_map(|thread| fs::read(thread.path().join("stat")).ok());
        threads.any(|stat| parse_stat(&stat).is_some_and(|stat| matches!(stat.state, 'R' | 'D')))
    }

    /// The first of its arguments that is not an option, if it names a file.
    pub(crate) fn script(pid: i32) -> Option<Script> {
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let mut words = line.split(|byte| *byte == 0).map(|word| Path::new(OsStr::from_bytes(word)));
        let interpreter = words.next()?;
        let file = words.find(|word| !word.as_os_str().as_bytes().starts_with(b"-"))?;
        // A relative name is one in the directory of the process.
        let found = fs::metadata(Path::new(&format!("/proc/{pid}/cwd")).join(file)).is_ok_and(|file| file.is_file());
        let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
        found.then_some(Script { interpreter: name(interpreter)?, file: name(file)? })
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::process::{Command, Stdio};

    use super::{Script, Stat};

    fn ps(args: &[&str]) -> String {
        Command::new("ps")
            .args(args)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }

    pub(crate) fn children(pid: i32) -> Vec<i32> {
        ps(&["-axo", "pid=,ppid="])
            .lines()
            .filter_map(|line| {
                let mut fields = line.split_ascii_whitespace();
                let child = fields.next()?.parse().ok()?;
                (fields.next()?.parse::<i32>().ok()? == pid).then_some(child)
            })
            .collect()
    }

    pub(crate) fn stat(pid: i32) -> Option<Stat> {
        let line = ps(&["-o", "ppid=,stat=", "-p", &pid.to_string()]);
        let mut fields = line.split_ascii_whitespace();
        Some(Stat {
            parent: fields.next()?.parse().ok()?,
            session: 0,
            start: 0,
            threads: 1,
            state: fields.next()?.chars().next()?,
            cpu: std::time::Duration::ZERO,
            children_cpu: std::time::Duration::ZERO,
        })
    }

    pub(crate) fn resident(pid: i32, _shared_once: bool) -> u64 {
        let kilobytes: Option<u64> = ps(&["-o", "rss=", "-p", &pid.to_string()]).trim().parse().ok();
        kilobytes.unwrap_or(0) * 1024
    }

    pub(crate) fn name(pid: i32) -> Option<String> {
        let name = ps(&["-o", "comm=", "-p", &pid.to_string()]);
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    pub(crate) fn is_at_work(pid: i32) -> bool {
        stat(pid).is_some_and(|stat| matches!(stat.state, 'R' | 'U'))
    }

    pub(crate) fn script(_pid: i32) -> Option<Script> {
        None
    }
}

/// Whether a process was started with this variable in its environment. Unknown counts as no.
pub(crate) fn has_variable(pid: i32, name: &str) -> bool {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let begins = |variable: &[u8]| variable.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
    environment.split(|byte| *byte == 0).any(begins)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let line = b"42 (a) R (\xff) T 7 42 41 0 -1 0 1 2 3 4 50 25 30 5 20 0 1 0 999 0 0";
        let stat = imp::parse_stat(line).unwrap();
        assert_eq!((stat.state, stat.parent, stat.session), ('T', 7, 41));
        assert_eq!(stat.cpu, Duration::from_millis(750));
        assert_eq!(stat.children_cpu, Duration::from_millis(350));
        assert_eq!(stat.start, 999);
        assert!(stat.stopped() && !stat.ended());
    }

    #[test]
    fn this_process_is_told_rightly() {
        let me = std::process::id() as i32;
        let stat = stat(me).unwrap();
        assert_eq!(stat.parent, std::os::unix::process::parent_id() as i32);
        assert!(resident(me, false) > 100_000);
        assert!(resident(me, true) > 100_000);
        assert!(name(me).is_some());
        assert!(is_at_work(me));
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};
        let mut command = Command::new("sh");
        command.args(["-c", "echo here; read wait"]).env("LSFR_TEST_MARK", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // A program that is just being started has no environment yet.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        let pid = child.id() as i32;
        assert!(has_variable(pid, "LSFR_TEST_MARK"));
        assert!(!has_variable(pid, "LSFR_TEST"));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!has_variable(pid, "LSFR_TEST_MARK"));
    }
}
