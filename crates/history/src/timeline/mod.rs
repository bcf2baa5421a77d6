//! A history as one page for a browser: a lane for each client, faults as bands in the background, what is wrong
//! marked. The page needs nothing else: style, script and data are in it, and its policy forbids it to load anything.
//!
//! Whoever knows what the servers did meanwhile can add them below the clients: [`with_cluster`].

mod cluster;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::{Action, History, Judgement, Operation, Outcome, Text, Verdict, phrases};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("cluster.js"), include_str!("page.js"));

pub use cluster::{Cluster, Fate, Message, NodeState, State, with_cluster};

/// The page; `name` says which history it is.
pub fn page(history: &History, judgement: &Judgement, name: &str) -> String {
    let parts = [
        ("{{style}}", STYLE.to_owned()),
        ("{{script}}", SCRIPT.to_owned()),
        ("{{name}}", html(name)),
        ("{{verdict}}", verdict(judgement)),
        ("{{data}}", data(history, judgement)),
    ];
    // In one pass, so that nothing inside a value is taken for another placeholder.
    let mut page = String::with_capacity(PAGE.len() + parts.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        page += before;
        let known = parts.iter().find(|(place, _)| after.starts_with(&place[2..]));
        match known {
            Some((place, text)) => {
                page += text;
                rest = &after[place.len() - 2..];
            }
            None => {
                page += "{{";
                rest = after;
            }
        }
    }
    page + rest
}

/// Text as it can stand in a page.
fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in crate::text::clean(text).chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            c => safe.push(c),
        }
    }
    safe
}

/// What was found, readable without the script.
fn verdict(judgement: &Judgement) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = match &judgement.verdict {
        Verdict::Ok => write!(out, "<h1><b class=ok>✓</b> It could have happened</h1>"),
        Verdict::Unknown { reason } => {
            write!(out, "<h1><b class=unsure>?</b> Not decided</h1><p class=said>{}</p>", html(reason))
        }
        Verdict::Violation(explanation) => {
            let (title, key) = (html(&explanation.title), html(&phrases::shown(&explanation.key)));
            let _ = write!(out, "<h1><b class=bad>✗</b> {title} of <code>{key}</code></h1>");
            let _ = write!(out, "<p class=said>{}</p>", code(&html(&explanation.sentence)));
            let _ = write!(out, "<table><tr><th>client<th>node<th>operation<th>called<th>returned<th>outcome");
            for (number, operation) in explanation.operations.iter().enumerate() {
                let class = if number == explanation.culprit { " class=culprit" } else { "" };
                let returned = ended(operation).map_or("open".to_owned(), seconds);
                let _ = write!(
                    out,
                    "<tr{class}><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
                    operation.client,
                    html(&phrases::shown(operation.node.as_deref().unwrap_or("–"))),
                    html(&did(operation, explanation.places.get(number).copied().unwrap_or(number))),
                    seconds(operation.called),
                    returned,
                    outcome(operation.outcome),
                );
            }
            write!(out, "</table>")
        }
    };
    let _ = write!(out, "<p class=counts>{}</p>", html(&judgement.sentence()));
    out
}

/// What stands in backquotes as code.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        match at {
            0 => {}
            _ if at % 2 == 1 => out += "<code>",
            _ => out += "</code>",
        }
        out += part;
    }
    out
}

/// Everything that is drawn, as JSON that can stand in a script element.
fn data(history: &History, judgement: &Judgement) -> String {
    let (marked, culprit) = match &judgement.verdict {
        Verdict::Violation(explanation) => (&explanation.places[..], explanation.places.get(explanation.culprit)),
        _ => (&[][..], None),
    };
    let (lanes, names) = lanes(history, marked);
    let mut keys: Vec<&Text> = history.operations.iter().flat_map(Operation::keys).collect();
    keys.sort_unstable();
    keys.dedup();
    let operations: Vec<_> = history
        .operations
        .iter()
        .zip(&lanes)
        .enumerate()
        .map(|(place, (operation, lane))| {
            json!([
                lane,
                operation.called.as_secs_f64(),
                operation.returned.map(|at| at.as_secs_f64()),
                did(operation, place),
                outcome(operation.outcome),
                operation.keys().into_iter().filter_map(|key| keys.binary_search(&key).ok()).collect::<Vec<_>>(),
                operation.node.as_deref().map(phrases::shown),
                operation.client,
                operation.note.as_deref().map(phrases::shown),
            ])
        })
        .collect();
    let faults: Vec<_> = history
        .faults
        .iter()
        .map(|fault| {
            json!({
                "kind": fault.kind.word(),
                "what": phrases::sentence_part(&fault.what),
                "nodes": fault.nodes.iter().map(|node| phrases::shown(node)).collect::<Vec<_>>(),
                "from": fault.from.as_secs_f64(),
                "to": fault.to.map(|to| to.as_secs_f64()),
            })
        })
        .collect();
    let data = json!({
        "lanes": names,
        "keys": keys.iter().map(|key| phrases::shown(key)).collect::<Vec<_>>(),
        "operations": operations,
        "faults": faults,
        "marked": marked,
        "culprit": culprit,
    });
    // In a script element only `</script` and `<!--` have a special meaning.
    data.to_string().replace('<', "\\u003c")
}

/// Above this many clients, those that followed one another share a lane: each operation without an answer makes a new
/// client, and a page with a thousand lanes shows nothing.
const MOST_LANES: usize = 24;

/// A lane for each operation, and what each lane is called: its client; where several share it the first of them, or the
/// one whose operation is marked, with a sign that it is not alone.
fn lanes(history: &History, marked: &[usize]) -> (Vec<usize>, Vec<String>) {
    // When each client began and ended.
    let mut clients: BTreeMap<u32, (Duration, Duration)> = BTreeMap::new();
    for operation in &history.operations {
        let end = operation.returned.unwrap_or(operation.called);
        let known = clients.entry(operation.client).or_insert((operation.called, end));
        *known = (known.0.min(operation.called), known.1.max(end));
    }
    let shared = clients.len() > MOST_LANES;
    let mut order: Vec<(u32, (Duration, Duration))> = clients.into_iter().collect();
    if shared {
        order.sort_by_key(|(_, (begin, _))| *begin);
    }
    let mut lane_of: HashMap<u32, usize> = HashMap::new();
    let mut clients: Vec<Vec<u32>> = Vec::new();
    // Until when each lane is taken.
    let mut taken: Vec<Duration> = Vec::new();
    for (client, (begin, end)) in order {
        let free = taken.iter().position(|until| shared && *until < begin).unwrap_or(taken.len());
        if free == taken.len() {
            taken.push(end);
            clients.push(Vec::new());
        }
        taken[free] = end;
        clients[free].push(client);
        lane_of.insert(client, free);
    }
    let of_proof: Vec<u32> = marked.iter().filter_map(|place| Some(history.operations.get(*place)?.client)).collect();
    let name = |clients: &Vec<u32>| {
        let named = clients.iter().find(|client| of_proof.contains(client)).or(clients.first());
        let more = if clients.len() > 1 { "+" } else { "" };
        named.map_or(String::new(), |client| format!("c{client}{more}"))
    };
    let lanes = history.operations.iter().map(|operation| lane_of[&operation.client]);
    (lanes.collect(), clients.iter().map(name).collect())
}

fn ended(operation: &Operation) -> Option<Duration> {
    operation.returned.filter(|_| operation.outcome != Outcome::Unknown)
}

fn seconds(at: Duration) -> String {
    format!("+{:.6}", at.as_secs_f64())
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::No => "no",
        Outcome::Unmet => "unmet",
        Outcome::Unknown => "unknown",
    }
}

fn did(operation: &Operation, place: usize) -> String {
    let value = |value: Option<&Text>| value.map_or("absent".to_owned(), |value| phrases::shown(value));
    match &operation.action {
        Action::Read { .. } if operation.outcome != Outcome::Ok => "read".to_owned(),
        Action::Take { .. } if operation.outcome != Outcome::Ok => "take".to_owned(),
        Action::Read { value: read } => format!("read {}", value(read.as_ref())),
        Action::Write { value: written } => format!("write {}", phrases::shown(written)),
        Action::Delete => "delete".to_owned(),
        Action::CompareAndSet { from, to } => format!("cas {} → {}", value(from.as_ref()), value(to.as_ref())),
        Action::Put { value: put } => format!("put {}", phrases::shown(put)),
        Action::Take { value: None } => "take nothing".to_owned(),
        Action::Take { value: Some(taken) } => format!("take {}", phrases::shown(taken)),
        Action::Ack { value: deleted } => format!("delete {}", phrases::shown(deleted)),
        Action::Transaction { steps } => {
            format!("{} {}", phrases::transaction(place), phrases::steps(steps, operation.outcome == Outcome::Ok))
        }
        Action::Transfer { from, to, amount } => {
            format!("transfer {} → {}: {amount}", phrases::shown(from), phrases::shown(to))
        }
        Action::Balances { .. } if operation.outcome != Outcome::Ok => "balances".to_owned(),
        Action::Balances { balances } => {
            let each = balances.iter().map(|(account, balance)| format!("{}={balance}", phrases::shown(account)));
            format!("sum {}: {}", phrases::sum(balances), each.collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::history;
    use super::super::simulation::{Simulation, with_stale_read};
    use super::super::{Limits, judge};
    use super::*;

    /// The data of a page, as the script reads it.
    fn data_of(page: &str) -> serde_json::Value {
        let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
        serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
    }

    #[test]
    fn a_page_needs_nothing_else_and_marks_what_is_wrong() {
        let history =
            history("c1 n1 write 7 2.50-2.60\nc2 n1 write 9 2.80-3.05\nc3 n3 read 7 3.10-3.20\nc4 n1 read 9 3.3-3.4");
        let page = page(&history, &judge(&history, &Limits::default()), "history.jsonl");
        for outside in ["http://", "https://", "src=", "href=", "@import", "url("] {
            let found = page.replace("http://www.w3.org/2000/svg", "").contains(outside);
            assert!(!found, "{outside}");
        }
        assert!(page.contains("default-src 'none'") && !page.contains("{{"), "{page}");
        assert!(
            page.contains("n3 answered <code>x = 7</code> at +3.20s, after n1 had acknowledged <code>x = 9</code>")
        );
        let data = data_of(&page);
        assert_eq!((&data["marked"], &data["culprit"]), (&json!([0, 1, 2]), &json!(2)));
        assert_eq!(data["operations"][2], json!([2, 3.1, 3.2, "read 7", "ok", [0], "n3", 3, null]));
        assert_eq!(data["lanes"], json!(["c1", "c2", "c3", "c4"]));
    }

    #[test]
    fn nothing_in_a_history_gets_out_of_its_place() {
        let evil = "</script><script>alert(1)</script><!--{{data}}\u{1b}[31m&\"'";
        let mut history = history("c1 n1 write 7 2.50-2.60\nc3 n3 read 8 3.10-3.20\nfault cut n3: n3_was_cut 3.0-?");
        history.operations[1].action = Action::Read { value: Some(evil.into()) };
        history.operations[1].node = Some(evil.into());
        history.operations[1].note = Some(evil.into());
        for operation in &mut history.operations {
            operation.key = evil.into();
        }
        history.faults[0].what = evil.into();
        let page = page(&history, &judge(&history, &Limits::default()), evil);
        // The three of the page, and none that came with the history.
        assert_eq!((page.matches("<script").count(), page.matches("</script").count()), (3, 3));
        assert!(!page.contains("<!--") && !page.contains('\u{1b}'));
        assert!(data_of(&page)["operations"][1][3].as_str().unwrap().starts_with("read </script>"));
    }

    #[test]
    fn clients_that_followed_one_another_share_a_lane() {
        let simulation =
            Simulation { seed: 1, clients: 10, operations: 2_000, keys: 2, unanswered: 20, conditional: true };
        let history = with_stale_read(simulation.run(), "k0", 30);
        let wrong = history.operations.len() - 1;
        let (lanes, names) = lanes(&history, &[wrong]);
        assert!((10..=20).contains(&names.len()), "{names:?}");
        // A lane has the name of the client that somebody looks for in it.
        let client = history.operations[wrong].client;
        assert!(names[lanes[wrong]].trim_end_matches('+') == format!("c{client}"), "{names:?}");
        assert!(names.iter().any(|name| name.ends_with('+')), "{names:?}");
        let mut by_lane: Vec<_> = lanes.iter().zip(&history.operations).collect();
        by_lane.sort_by_key(|(lane, operation)| (**lane, operation.called));
        for pair in by_lane.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            assert!(pair[0].1.returned.unwrap() <= pair[1].1.called, "{pair:?}");
        }
    }
}
