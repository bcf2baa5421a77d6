//! Records for tests of what reads them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::decode::Content;
use super::segments::{Limits, Segments};
use super::tracker::Told;
use super::{Ended, Fate, Held, Message, MessageId};
use crate::network::Hold;

/// Messages as tests tell them, in microseconds.
#[derive(Debug)]
pub(crate) struct Example {
    nodes: Vec<Arc<str>>,
    told: Vec<(Message, Option<Ended>)>,
}

fn micros(at: u64) -> Duration {
    Duration::from_micros(at)
}

impl Example {
    pub(crate) fn new(nodes: &[&str]) -> Example {
        Example { nodes: nodes.iter().map(|node| (*node).into()).collect(), told: Vec::new() }
    }

    fn add(
        &mut self,
        at: u64,
        (from, to): (&str, &str),
        exchange: u64,
        content: Content,
        (head, body): (&str, &str),
    ) {
        let id = MessageId(self.told.len() as u64);
        let message = Message {
            id,
            connection: 1,
            exchange: Some(exchange),
            from: from.into(),
            to: to.into(),
            began: micros(at),
            came: micros(at),
            bytes: (head.len() + body.len()) as u64,
            content,
            head: head.into(),
            length: body.len() as u64,
            body: body.into(),
            cut_short: false,
        };
        let ended = Ended { id, at: micros(at + 100), fate: Fate::HandedOver, held: None };
        self.told.push((message, Some(ended)));
    }

    /// A request that is handed over at once.
    pub(crate) fn asks(&mut self, at: u64, from: &str, to: &str, path: &str, body: &str) -> &mut Example {
        let content = Content::HttpRequest { method: "POST".into(), path: path.into() };
        let head = format!("POST {path} HTTP/1.1\r\nhost: {to}");
        self.add(at, (from, to), self.told.len() as u64, content, (&head, body));
        self
    }

    /// The answer to the last request.
    pub(crate) fn answered(&mut self, at: u64, status: u16, body: &str) -> &mut Example {
        let request =
            self.told.iter().rev().find(|(message, _)| matches!(message.content, Content::HttpRequest { .. }));
        let Some((request, _)) = request else { return self };
        let (from, to, exchange) = (request.to.clone(), request.from.clone(), request.exchange.unwrap_or_default());
        self.add(at, (&from, &to), exchange, Content::HttpAnswer { status }, ("HTTP/1.1 200 OK", body));
        self
    }

    /// What became of the last message.
    pub(crate) fn fate(&mut self, at: u64, fate: Fate, held: Option<Hold>) -> &mut Example {
        if let Some((message, ended)) = self.told.last_mut() {
            let held = held.map(|by| Held { since: message.began, by });
            *ended = Some(Ended { id: message.id, at: micros(at), fate, held });
        }
        self
    }

    /// Writes the record into the folder of a run.
    pub(crate) fn write(&self, folder: &Path) {
        let mut segments = Segments::new(folder, Limits::USUAL);
        segments.add_nodes(&self.nodes).unwrap();
        for (message, ended) in &self.told {
            // What is alike is told by its path, its status and its length.
            let alike = match &message.content {
                Content::HttpRequest { path, .. } => path.len() * 1000 + message.body.len(),
                Content::HttpAnswer { status } => usize::from(*status) * 1000 + message.body.len(),
                _ => message.body.len(),
            };
            segments.write(&Told::Message(Box::new(message.clone()), alike as u32)).unwrap();
            if let Some(ended) = ended {
                segments.write(&Told::Ended(*ended)).unwrap();
            }
        }
        segments.flush().unwrap();
    }
}
