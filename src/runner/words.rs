//! What a step does, in a few words: for progress, cards and records.

use crate::scenario::template::Data;
use crate::scenario::{Action, NodeVerb, Selector, Step};

pub(super) fn of(step: &Step) -> String {
    match &step.action {
        Action::Nodes { verb, nodes } => format!("{} {}", verb_word(*verb), selector(nodes)),
        Action::CrashAll => "crash all nodes".to_owned(),
        Action::Http(http) => {
            let to = http.to.as_ref().map(|to| format!(" to {}", selector(to))).unwrap_or_default();
            format!("{} {}{to}", http.method, http.path.source())
        }
        Action::Command(command) => {
            let file = command.file.as_ref().map_or("run.sh", |file| file.source());
            let args = command.args.iter().map(|arg| format!(" {}", arg.source()));
            format!("run {file}{}", args.collect::<String>())
        }
        Action::Eventually { within: Some(time), .. } => format!("wait up to {time:?}"),
        Action::Eventually { within: None, .. } => "wait".to_owned(),
        Action::Consistently { during, .. } => format!("watch for {during:?}"),
        Action::Wait { time, because } => format!("wait {time:?}: {because}"),
        Action::Repeat { times, .. } => format!("repeat {} times", data(times)),
        Action::Each { items, .. } => format!("for each of {}", data(items)),
        Action::Find { role, .. } => format!("find the {role}"),
        Action::Set(values) => {
            format!("set {}", values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
        }
        Action::Use { name, .. } => format!("use {name}"),
        Action::Concurrently(many) => format!("{} at once, {} in flight", data(&many.copies), data(&many.in_flight)),
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
        Data::Plain(value) => value.to_string(),
        Data::Text(template) => template.source().to_owned(),
        Data::List(items) => format!("{} items", items.len()),
        Data::Map(_) => "a map".to_owned(),
    }
}
