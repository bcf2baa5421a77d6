//! A conversation that went wrong, on a card: what came instead, and why nothing more did.

use super::card::Card;
use super::card_told::explained;
use super::cluster_state::{ClusterState, NodeNow};
use super::curl::Request;
use super::describe::{Describe, English};
use crate::facts::{Cause, Conversation};

impl Card {
    pub(super) fn conversation(&mut self, talk: &Conversation, cluster: &ClusterState) {
        self.request = Some(Request::from_conversation(talk));
        // The earlier answer that it comes from is told with this one.
        let source = talk.mismatches.iter().find_map(|mismatch| mismatch.source.as_ref());
        self.differences = explained(&talk.mismatches, source, cluster);
        self.no_answer = talk.sentence.clone();
        let Some(cause) = talk.cause else { return };
        let node = &talk.node;
        let logs = format!("`lsfr logs {node}` shows what it printed, beside what lsfr did.");
        let (happened, likely, next) = match cause {
            Cause::Refused => (
                format!("{node} refused the connection: nothing listens on {}.", talk.address),
                "Its processes are alive, but the listening socket is closed. A server that stops accepting after an error does this.",
                format!(
                    "Look for where the listening socket is closed, and for an error in the loop that accepts. {logs}"
                ),
            ),
            Cause::Reset => (
                format!("The connection to {node} was reset."),
                "The program closed the socket while bytes sent to it were still unread, or crashed.",
                format!("Look for where this connection's loop ends. {logs}"),
            ),
            Cause::Closed | Cause::HalfAnswer => (
                format!("{node} closed the connection."),
                "The connection's loop ended early: an uncaught exception or a panic in it is the common reason.",
                format!("Look for an error in the output at that moment. {logs}"),
            ),
            _ if talk.mismatches.iter().any(|mismatch| mismatch.actual.is_some()) => (
                format!("Nothing more came from {node}."),
                "Either the line end (`\\r\\n`) is missing, or part of what the program wrote is still in a buffer of its own.",
                format!("Send the same by hand with the line above and see how far it gets. {logs}"),
            ),
            _ => (
                format!("Nothing more came from {node}."),
                "Either the program waits (for more of the command, for a lock, for another client), or what it wrote is \
                 still in a buffer of its own.",
                format!("Send the same by hand with the line above and see how far it gets. {logs}"),
            ),
        };
        self.no_answer.get_or_insert(happened);
        self.likely = Some(likely.to_owned());
        self.next = Some(next);
        match cluster.node_now(&talk.node) {
            // What the program did explains a broken connection better than the connection does.
            Some(NodeNow::Ended { at, how }) => {
                self.likely =
                    Some(format!("{node} ended by itself at +{:.3}: {}.", at.as_secs_f64(), English.ending(how)));
                self.next = Some(format!(
                    "Look at the last lines {node} printed: `lsfr logs {node}` shows them all, beside what lsfr did."
                ));
            }
            Some(NodeNow::Paused) if cause == Cause::TimedOut => {
                self.likely = Some(format!("The test has paused {node} (SIGSTOP), so it answers nothing now."));
            }
            Some(NodeNow::Down) => {
                self.likely = Some(format!("The test has stopped {node}, so nothing listens there now."));
            }
            _ => {}
        }
    }
}
