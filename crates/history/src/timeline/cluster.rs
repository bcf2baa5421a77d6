//! What servers did while clients made a history, below the clients on the same clock.

use std::time::Duration;

use serde_json::json;

/// Servers, and what was done to them and said between them. Times are on the history's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cluster {
    /// Their names, in the order of their lanes.
    pub nodes: Vec<String>,
    /// What each was, and when.
    pub states: Vec<NodeState>,
    /// What was done to nodes and links, with when.
    pub deeds: Vec<(Duration, String)>,
    /// What they sent each other.
    pub messages: Vec<Message>,
    /// How many earlier messages there were.
    pub left_out: usize,
}

/// What a node was for a while; while it is in no state, it is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeState {
    /// Its place among the nodes.
    pub node: usize,
    /// When that began.
    pub from: Duration,
    /// None: to the end.
    pub to: Option<Duration>,
    /// What it was.
    pub state: State,
}

/// What a node can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Up,
    /// It runs, and leads others.
    Leads,
    /// It exists, and stands still.
    Paused,
}

/// What one node sent another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The place of its sender among the nodes.
    pub from: usize,
    /// That of its receiver.
    pub to: usize,
    /// When it left.
    pub sent: Duration,
    /// None if it never was.
    pub arrived: Option<Duration>,
    /// What it said, in short.
    pub words: String,
    /// What became of it.
    pub fate: Fate,
}

/// What can become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived at once.
    Arrived,
    /// It was held on its way, and arrived.
    Held,
    /// It will never arrive.
    Lost,
    /// It was still on its way at the end.
    Open,
}

/// Where a page has room for a cluster.
const ROOM: &str = "<script type=\"application/json\" id=\"cluster\">null</script>";

/// A page of [`page`](super::page) with the servers below its clients. None if it has no room for any: it has one
/// already, or is another version's.
pub fn with_cluster(page: &str, cluster: &Cluster) -> Option<String> {
    let (before, after) = page.split_once(ROOM)?;
    let (opening, closing) = ROOM.split_once("null")?;
    Some([before, opening, &data(cluster), closing, after].concat())
}

fn data(cluster: &Cluster) -> String {
    let clean = crate::text::clean;
    let seconds = |at: &Duration| at.as_secs_f64();
    let state = |state: &NodeState| {
        let word = match state.state {
            State::Up => "up",
            State::Leads => "leads",
            State::Paused => "paused",
        };
        json!([state.node, seconds(&state.from), state.to.as_ref().map(seconds), word])
    };
    let mut messages: Vec<&Message> = cluster.messages.iter().collect();
    // The page looks for them by time.
    messages.sort_by_key(|message| message.sent);
    let message = |message: &&Message| {
        let fate = match message.fate {
            Fate::Arrived => "ok",
            Fate::Held => "held",
            Fate::Lost => "lost",
            Fate::Open => "open",
        };
        let Message { from, to, sent, arrived, words, .. } = message;
        json!([from, to, seconds(sent), arrived.as_ref().map(seconds), clean(words), fate])
    };
    let data = json!({
        "nodes": cluster.nodes.iter().map(|node| clean(node)).collect::<Vec<_>>(),
        "states": cluster.states.iter().map(state).collect::<Vec<_>>(),
        "deeds": cluster.deeds.iter().map(|(at, what)| json!([seconds(at), clean(what)])).collect::<Vec<_>>(),
        "messages": messages.iter().map(message).collect::<Vec<_>>(),
        "leftOut": cluster.left_out,
    });
    // As in the other script element.
    data.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::super::page;
    use super::*;
    use crate::samples::history;
    use crate::{Limits, judge};

    #[test]
    fn servers_get_a_band_once_and_nothing_of_them_gets_out_of_its_place() {
        let history = history("c1 n1 write 7 2.50-2.60\nc3 n3 read 7 3.10-3.20");
        let page = page(&history, &judge(&history, &Limits::default()), "history.jsonl");
        let evil = "</script><script>alert(1)</script><!--\u{1b}[31m";
        let sent = Duration::from_millis(2_550);
        let message =
            |from, to, sent| Message { from, to, sent, arrived: Some(sent), words: evil.into(), fate: Fate::Held };
        let cluster = Cluster {
            nodes: vec!["n1".into(), "n2".into()],
            states: vec![NodeState { node: 0, from: sent, to: None, state: State::Leads }],
            deeds: vec![(sent, evil.into())],
            messages: vec![message(0, 1, sent * 2), message(1, 0, sent)],
            left_out: 3,
        };
        let with = with_cluster(&page, &cluster).unwrap();
        assert_eq!((with.matches("<script").count(), with.matches("</script").count()), (3, 3));
        assert!(!with.contains("<!--") && !with.contains('\u{1b}'));
        let (_, data) = with.split_once("id=\"cluster\">").unwrap();
        let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(data["states"], json!([[0, 2.55, null, "leads"]]));
        assert_eq!((&data["messages"][0][0], &data["messages"][1][2]), (&json!(1), &json!(5.1)), "in order of time");
        assert_eq!(with_cluster(&with, &cluster), None);
    }
}
