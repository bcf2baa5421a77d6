//! What a step does, in a few words: for progress, cards and records.

use crate::scenario::load::Workload;
use crate::scenario::template::Data;
use crate::scenario::{Action, Groups, LinkChange, NodeVerb, Selector, Sent, Slow, Step, Tcp};
use crate::text::{clean, shortened};

/// As much as is told of a step, whose text may be as long as its file.
const MOST: usize = 400;

pub(super) fn of(step: &Step) -> String {
    shortened(&clean(&whole(step)), MOST)
}

fn whole(step: &Step) -> String {
    match &step.action {
        Action::Nodes { verb, nodes } => format!("{} {}", verb_word(*verb), selector(nodes)),
        Action::CrashAll => "crash all nodes".to_owned(),
        Action::Network(network) => change(&network.change),
        Action::Http(http) => {
            let to = http.to.as_ref().map(|to| format!(" to {}", selector(to))).unwrap_or_default();
            format!("{} {}{to}", http.method, http.path.source())
        }
        Action::Tcp(tcp) => talk(tcp),
        Action::Command(command) => {
            let file = command.file.as_ref().map_or("run.sh", |file| file.source());
            let args = command.args.iter().map(|arg| format!(" {}", arg.source()));
            format!("run {file}{}", args.collect::<String>())
        }
        Action::Cases(cases) => {
            let many = if cases.cases.len() == 1 { "program" } else { "programs" };
            format!("try {} {many}: {}", cases.cases.len(), cases.shown.join(", "))
        }
        Action::Eventually { within: Some(time), .. } => format!("wait up to {time:?}"),
        Action::Eventually { within: None, .. } => "wait".to_owned(),
        Action::Consistently { during, .. } => format!("watch for {during:?}"),
        Action::Wait { time, because } => format!("wait {time:?}: {because}"),
        Action::Repeat { times, at_least: Some(need), .. } => {
            format!("repeat {} times, {} of which must pass", data(times), data(need))
        }
        Action::Repeat { times, .. } => format!("repeat {} times", data(times)),
        Action::Each { items, .. } => format!("for each of {}", data(items)),
        Action::Find { role, .. } => format!("find the {role}"),
        Action::Set(values) => {
            format!("set {}", values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
        }
        Action::Compare { value, .. } => format!("compare {}", data(value)),
        Action::Use { name, .. } => format!("use {name}"),
        Action::Workload(workload) => format!("begin {}: {}", workload.name, self::workload(workload)),
        Action::Await(name) => format!("wait for {name}"),
        Action::Check(check) => format!("check that {} is {}", check.history, check.with.name()),
        Action::Concurrently(many) => format!("{} at once, {} in flight", data(&many.copies), data(&many.in_flight)),
    }
}

/// `10 clients, 5 keys, read and write for up to 60s`
pub(super) fn workload(workload: &Workload) -> String {
    let kinds: Vec<&str> = workload.mix.iter().map(|(kind, _)| kind.word()).collect();
    let rate = workload.rate.map(|rate| format!(", {rate} operations a second")).unwrap_or_default();
    let most = if workload.until.is_some() { "up to " } else { "" };
    let (clients, keys, during) = (workload.clients, workload.keys, workload.during);
    format!("{clients} clients, {keys} keys, {}{rate} for {most}{during:?}", kinds.join(", "))
}

fn talk(tcp: &Tcp) -> String {
    let name = tcp.name.source();
    let said = tcp.talk.send.as_ref().map(|sent| match sent {
        Sent::Lines(Data::List(lines)) => match &lines[..] {
            [first, rest @ ..] if !rest.is_empty() => format!("{} and {} more", data(first), rest.len()),
            lines => lines.iter().map(data).collect(),
        },
        Sent::Lines(line) => data(line),
        Sent::Bytes { bytes, .. } => data(bytes),
    });
    match said {
        Some(said) => format!("{name} says {}", said.lines().next().unwrap_or_default()),
        None if !tcp.talk.receive.is_empty() => format!("{name} listens"),
        None if tcp.silent.is_some() => format!("{name} hears nothing"),
        None if tcp.closed => format!("{name} is closed by the node"),
        None if tcp.close.is_some() => format!("close {name}"),
        None => format!("open {name}"),
    }
}

pub(super) fn verb_word(verb: NodeVerb) -> &'static str {
    match verb {
        NodeVerb::Start => "start",
        NodeVerb::Stop => "stop",
        NodeVerb::Kill => "kill",
        NodeVerb::Pause => "pause",
        NodeVerb::Resume => "resume",
        NodeVerb::Restart { kill: false } => "restart",
        NodeVerb::Restart { kill: true } => "kill and start",
    }
}

fn change(change: &LinkChange) -> String {
    match change {
        LinkChange::Partition(Groups::Written(groups)) => {
            format!("partition {}", groups.iter().map(selector).collect::<Vec<_>>().join(" | "))
        }
        LinkChange::Partition(Groups::Given(groups)) => format!("partition {}", groups.source()),
        LinkChange::Isolate(nodes) => format!("isolate {}", selector(nodes)),
        LinkChange::Halves(nodes) => format!("cut in halves, {} in the smaller", selector(nodes)),
        LinkChange::Bridge(node) => format!("cut in halves, {} between them", selector(node)),
        LinkChange::Ring => "cut to a ring of majorities".to_owned(),
        LinkChange::Cut { from, to } => format!("cut the way from {} to {}", selector(from), selector(to)),
        LinkChange::Slow { nodes, slow } => format!("slow the links of {}: {}", selector(nodes), slowness(slow)),
        LinkChange::Reset(nodes) => format!("reset the connections of {}", selector(nodes)),
        LinkChange::Heal(nodes) => format!("heal the links of {}", selector(nodes)),
        LinkChange::HealWay { from, to } => format!("heal the way from {} to {}", selector(from), selector(to)),
    }
}

pub(super) fn slowness(slow: &Slow) -> String {
    let mut words = Vec::new();
    if !slow.delay.is_zero() {
        let jitter = if slow.jitter.is_zero() { String::new() } else { format!(" ± {:?}", slow.jitter) };
        words.push(format!("{:?}{jitter}", slow.delay));
    }
    if let Some(rate) = slow.rate {
        words.push(format!("{rate} bytes a second"));
    }
    if slow.loss > 0 {
        words.push(format!("{}% lost", slow.loss));
    }
    words.join(", ")
}

fn selector(selector_: &Selector) -> String {
    match selector_ {
        Selector::Named(name) => name.source().to_owned(),
        Selector::List(names) => names.iter().map(|name| name.source()).collect::<Vec<_>>().join(", "),
        Selector::Except(inner) => format!("all but {}", selector(inner)),
        Selector::Random(count) => format!("{} at random", data(count)),
    }
}

fn data(value: &Data) -> String {
    match value {
        Data::Plain(serde_json::Value::String(text)) => text.clone(),
        Data::Plain(value) => value.to_string(),
        Data::Text(template) => template.source().to_owned(),
        Data::List(items) => format!("{} items", items.len()),
        Data::Map(_) => "a map".to_owned(),
    }
}
