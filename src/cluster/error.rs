//! What can go wrong with a node, each cause a variant and a sentence for the learner.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::granted::Expired;
use super::ports::PortsError;
use super::run_sh::Unstartable;
use super::sockets::Owner;
use crate::facts::{ExitStatus, Output, Signalled, signalled_words};

/// The nodes could not even be laid out: lsfr's own fault, or the machine's.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(transparent)]
    Ports(#[from] PortsError),
    #[error("lsfr could not open the log of {node} in {}: {error}.", run_dir.display())]
    Log { node: String, run_dir: PathBuf, error: io::Error },
    #[error("lsfr could not make the links between nodes: {0}.")]
    Links(io::Error),
    #[error("lsfr could not find its own working directory: {0}.")]
    WorkingDirectory(io::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{node} could not be started: {cause}")]
    Unstartable { node: String, cause: Unstartable },
    #[error("{}", exited_at_once(.node, .status, .after, .port_in_use))]
    ExitedAtOnce {
        node: String,
        status: ExitStatus,
        after: Duration,
        /// What this start printed.
        said: Output,
        port_in_use: Option<PortInUse>,
    },
    #[error("{}", never_listened(.node, .wanted, .after, .elsewhere, .port_in_use))]
    NeverListened {
        node: String,
        wanted: SocketAddr,
        after: Duration,
        /// Where it listens instead.
        elsewhere: Vec<SocketAddr>,
        said: Output,
        port_in_use: Option<PortInUse>,
        expired: Expired,
    },
    #[error(
        "{node} cannot be started: {} already listens on its port {port}. End that process, then run again.",
        by(.owner)
    )]
    PortTaken { node: String, port: u16, owner: Option<Owner> },
    /// A limit was passed before the node was ready.
    #[error("{sentence}")]
    OverLimit { node: String, sentence: String },
    #[error("{node} is running already, so it cannot be started.")]
    AlreadyRunning { node: String },
    /// The cluster was shut down meanwhile.
    #[error("{node} was not started, because the run is ending.")]
    Interrupted { node: String },
    #[error(
        "the process of lsfr that guards {node} ended, so {node} was killed too. This is not your program's fault."
    )]
    GuardLost { node: String },
    #[error("lsfr could not {what} for {node}: {error}.")]
    Own { node: String, what: &'static str, error: io::Error },
}

impl StartError {
    /// lsfr or the machine is at fault, not the learner's program.
    pub fn is_own_fault(&self) -> bool {
        matches!(self, StartError::GuardLost { .. } | StartError::Own { .. } | StartError::PortTaken { .. })
    }

    /// What the program printed, where it was started and failed.
    pub fn said(&self) -> Option<&Output> {
        match self {
            StartError::ExitedAtOnce { said, .. } | StartError::NeverListened { said, .. } => Some(said),
            _ => None,
        }
    }
}

/// The program's output says that its address was in use. On the port that lsfr gave it nobody listened when it
/// started, so the owner is usually gone, or the port is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortInUse {
    pub port: u16,
    /// Who listens on the port now, other than the node.
    pub owner: Option<Owner>,
}

#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("{node} is not running{}.", was(.status))]
    NotRunning {
        node: String,
        /// How it ended, if it ended unasked.
        status: Option<ExitStatus>,
    },
    #[error("{node} was killed, but its port {port} still accepts: {} listens on it.", by(.owner))]
    PortStillAccepts { node: String, port: u16, owner: Option<Owner> },
    #[error("these processes of {node} could not be killed within {waited:.0?}: {}.", .alive.join(", "))]
    Unkillable { node: String, waited: Duration, alive: Vec<String> },
    #[error("the process of lsfr that guards {node} does not answer. This is not your program's fault.")]
    GuardSilent { node: String },
}

#[derive(Debug, thiserror::Error)]
pub enum StopError {
    #[error(
        "{node} did not stop within {grace:.0?} of SIGTERM, so lsfr killed it. SIGTERM went to {}. Still running were: {}. {}",
        signalled_words(.signalled),
        .alive.join(", "),
        advice(*.run_sh_waits)
    )]
    TooSlow {
        node: String,
        grace: Duration,
        signalled: Vec<Signalled>,
        /// "python3 (pid 4121)"
        alive: Vec<String>,
        /// run.sh is one of them, and has others below it.
        run_sh_waits: bool,
        last_lines: Vec<String>,
        expired: Expired,
    },
    /// While it stopped, it used more than it may, and lsfr killed it.
    #[error("{sentence}")]
    OverLimit { node: String, sentence: String },
    #[error("{node} was not stopped, because the run is ending.")]
    Interrupted { node: String },
    #[error(transparent)]
    Node(#[from] NodeError),
}

fn advice(run_sh_waits: bool) -> &'static str {
    if run_sh_waits {
        "Make your program end on SIGTERM, and start it with `exec` at the end of run.sh: it takes the shell's place then, and gets the signal itself."
    } else {
        "Make your program end on SIGTERM, together with everything it has started."
    }
}

fn was(status: &Option<ExitStatus>) -> String {
    status.map_or(String::new(), |status| format!(": it ended with {status}"))
}

fn by(owner: &Option<Owner>) -> String {
    owner.as_ref().map_or("another process".to_owned(), Owner::to_string)
}

fn exited_at_once(node: &str, status: &ExitStatus, after: &Duration, port_in_use: &Option<PortInUse>) -> String {
    let ended = match status {
        ExitStatus::Code(code) => format!("ended with exit status {code}"),
        killed => format!("was {killed}"),
    };
    format!(
        "{node} {ended} after {} ms, before its port accepted a connection.{}",
        after.as_millis(),
        in_use(port_in_use)
    )
}

fn never_listened(
    node: &str,
    wanted: &SocketAddr,
    after: &Duration,
    elsewhere: &[SocketAddr],
    port_in_use: &Option<PortInUse>,
) -> String {
    let instead = match elsewhere {
        [] => " It listens on no port.".to_owned(),
        addresses => {
            // The loopback of the other family is what `localhost` means to some runtimes.
            let remedy = if addresses.iter().any(|address| address.port() == wanted.port()) {
                format!("The port is right, the address is not: listen on {}.", wanted.ip())
            } else {
                "The port to use is in the argument --port.".to_owned()
            };
            let addresses: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
            format!(" It listens on {} instead. {remedy}", addresses.join(" and "))
        }
    };
    format!(
        "{node} did not accept a connection on {wanted} within {} s.{instead}{}",
        after.as_secs_f64().round(),
        in_use(port_in_use)
    )
}

fn in_use(port_in_use: &Option<PortInUse>) -> String {
    match port_in_use {
        None => String::new(),
        Some(PortInUse { port, owner: Some(owner) }) => {
            format!(" Its output says that an address is in use: {owner} listens on port {port}.")
        }
        Some(PortInUse { port, owner: None }) => format!(
            " Its output says that an address is in use, but nothing listens on port {port} now: connections from the program's last run may still hold it. Set SO_REUSEADDR before you bind, and bind no other port."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_listens_elsewhere_is_told_where() {
        let told = |elsewhere: &str| {
            let error = StartError::NeverListened {
                node: "n1".to_owned(),
                wanted: "127.0.0.1:24011".parse().unwrap(),
                after: Duration::from_millis(30_080),
                elsewhere: vec![elsewhere.parse().unwrap()],
                said: Output::default(),
                port_in_use: None,
                expired: Expired::Granted,
            };
            error.to_string()
        };
        assert_eq!(
            told("0.0.0.0:8080"),
            "n1 did not accept a connection on 127.0.0.1:24011 within 30 s. It listens on 0.0.0.0:8080 instead. \
             The port to use is in the argument --port."
        );
        assert_eq!(
            told("[::1]:24011"),
            "n1 did not accept a connection on 127.0.0.1:24011 within 30 s. It listens on [::1]:24011 instead. \
             The port is right, the address is not: listen on 127.0.0.1."
        );
    }

    #[test]
    fn an_early_end_names_status_time_and_last_words() {
        let error = StartError::ExitedAtOnce {
            node: "n1".to_owned(),
            status: ExitStatus::Signal(11),
            after: Duration::from_millis(12),
            said: Output { lines: vec!["hello".to_owned()], ..Output::default() },
            port_in_use: None,
        };
        assert_eq!(
            error.to_string(),
            "n1 was killed by SIGSEGV (signal 11) after 12 ms, before its port accepted a connection."
        );
        assert_eq!(error.said().map(|said| &said.lines[..]), Some(&["hello".to_owned()][..]));
    }
}
