//! What a node says of itself: changes of state, and nothing that happens many times a second. People read it when a
//! test has failed, side by side with what the other nodes say.

use std::fmt;

use super::{Members, NodeId};

/// A change of state that is worth a line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum News {
    Asks {
        term: u64,
    },
    Stands {
        term: u64,
    },
    Voted {
        whom: NodeId,
        term: u64,
    },
    Leads {
        term: u64,
    },
    Follows {
        leader: NodeId,
        term: u64,
    },
    /// A leader or candidate that met a newer term.
    Outdated {
        term: u64,
    },
    LostQuorum,
    Truncated {
        after: u64,
    },
    Teaches {
        node: NodeId,
    },
    GivesUp {
        node: NodeId,
    },
    Changes {
        members: Members,
    },
    Leaves {
        successor: Option<NodeId>,
    },
    SendsSnapshot {
        to: NodeId,
        index: u64,
    },
    Installs {
        index: u64,
    },
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            News::Asks { term } => write!(f, "no leader heard: asking who would vote for me in term {term}"),
            News::Stands { term } => write!(f, "candidate in term {term}"),
            News::Voted { whom, term } => write!(f, "voted for {whom} in term {term}"),
            News::Leads { term } => write!(f, "leader of term {term}"),
            News::Follows { leader, term } => write!(f, "following {leader} in term {term}"),
            News::Outdated { term } => write!(f, "stepped down: there is a newer term, {term}"),
            News::LostQuorum => write!(f, "stepped down: heard from no majority for too long"),
            News::Teaches { node } => write!(f, "sending {node} the log, before it is a member"),
            News::GivesUp { node } => write!(f, "gave {node} up: it has not caught up in time"),
            News::Changes { members } => {
                let members: Vec<&str> = members.iter().map(|member| &**member).collect();
                write!(f, "the members are to be {}", members.join(", "))
            }
            News::Leaves { successor } => {
                write!(f, "removed, and so no longer leader; {} is to be", successor.as_deref().unwrap_or("nobody"))
            }
            News::SendsSnapshot { to, index } => write!(f, "sending {to} a snapshot as of entry {index}"),
            News::Installs { index } => write!(f, "took the leader's snapshot as of entry {index}"),
            News::Truncated { after } => write!(f, "cut off the log after entry {after}: the leader's differs"),
        }
    }
}
