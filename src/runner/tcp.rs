//! Conversations over TCP: what is said on a connection, what must come, and how the two are compared.

use std::time::Duration;

use bytes::Bytes;
use minijinja::value::Value;
use serde_json::Value as Json;
use tokio::time::{Instant, sleep};

use crate::cluster::{Deadline, GrantedTime};
use crate::facts::{
    Cause, Conversation, Event, Excerpt, Expected, Finding, Item, Mismatch, Speech, Spoken, Spot, Unanswered, What,
};
use crate::scenario::about::Said;
use crate::scenario::expr::Scope;
use crate::scenario::matcher::Matcher;
use crate::scenario::template::Data;
use crate::scenario::verbs::tcp::Took;
use crate::scenario::{Received, Sent, Talk, hex};
use crate::yaml;

use super::connection::{Connection, Ended, MAX_BYTES};
use super::steps::{Frame, Interpreter, count};
use super::stop::Stop;

/// After a test: how long to wait for surplus bytes that follow the last answer. Normally they are in the kernel
/// already; this is for a program that writes an answer in two calls. Between two exchanges there is no need to wait:
/// the next exchange finds them.
const ALONG: Duration = Duration::from_millis(2);

/// What was heard in one step, for expressions.
#[derive(Debug, Default)]
pub(super) struct Heard {
    lines: Vec<String>,
    body: Option<String>,
    yaml: Option<Json>,
}

impl Heard {
    /// The first line, or the body where no line came.
    pub(super) fn text(&self) -> Option<&str> {
        self.lines.first().or(self.body.as_ref()).map(String::as_str)
    }

    pub(super) fn names(&self, scope: &mut Scope) {
        if let Some(line) = self.lines.first() {
            scope.set("line", line.clone());
            scope.set("words", Value::from(line.split(' ').map(str::to_owned).collect::<Vec<_>>()));
            scope.set("lines", Value::from(self.lines.clone()));
        }
        if let Some(body) = &self.body {
            scope.set("body", body.clone());
        }
        if let Some(yaml) = &self.yaml {
            scope.set_json("yaml", yaml);
        }
    }
}

/// What bytes are compared with.
struct Body {
    text: Option<Matcher<Json>>,
    hex: Option<Matcher<Json>>,
    yaml: Option<Matcher<Json>>,
}

/// A conversation under way: the connection, and what a failure of it needs.
pub(super) struct Talking<'a> {
    run: &'a super::Run,
    pub(super) name: &'a str,
    pub(super) connection: Connection,
}

impl Interpreter<'_> {
    pub(super) async fn connect(&self, name: &str, node: &str, deadline: &Deadline) -> Result<Connection, Stop> {
        let address = self.cluster()?.address(node);
        match Connection::open(node, address, deadline).await {
            Ok(connection) => {
                self.run.spoke(name, node, Instant::now(), Speech::Opened);
                Ok(connection)
            }
            Err(Ended { cause: Cause::Local, detail, .. }) => {
                Err(Stop::fault(format!("lsfr could not open the connection `{name}` to {node}: {detail}")))
            }
            Err(Ended { cause, starved, .. }) => {
                let when = self.run.spoke(name, node, Instant::now(), Speech::Ended { cause });
                Err(Stop::failed(Finding::Conversation(Box::new(Conversation {
                    connection: name.to_owned(),
                    node: node.to_owned(),
                    address: address.to_string(),
                    sent: Excerpt::new(b""),
                    when,
                    mismatches: Vec::new(),
                    about: Vec::new(),
                    sentence: None,
                    cause: Some(cause),
                    late: cause == Cause::TimedOut,
                    starved,
                    unsettled: false,
                }))))
            }
        }
    }

    /// The connection that a step uses ended when its node was stopped.
    pub(super) fn ended_with(&self, name: &str, node: &str) -> Result<Stop, Stop> {
        let when = self.run.spoke(name, node, Instant::now(), Speech::Ended { cause: Cause::Closed });
        Ok(Stop::failed(Finding::Conversation(Box::new(Conversation {
            connection: name.to_owned(),
            node: node.to_owned(),
            address: self.cluster()?.address(node).to_string(),
            sent: Excerpt::new(b""),
            when,
            mismatches: Vec::new(),
            about: Vec::new(),
            sentence: Some(format!("The connection ended with {node}, which the test has stopped.")),
            cause: Some(Cause::Closed),
            late: false,
            starved: false,
            unsettled: false,
        }))))
    }

    /// At the end of a test: whatever came without being asked for should not have come.
    pub(super) async fn nothing_is_left(&self) -> Result<(), Stop> {
        let all = self.connections.all();
        if !all.is_empty() {
            sleep(ALONG).await;
        }
        for (name, slot) in all {
            let Ok(mut place) = slot.try_lock() else { continue };
            if let Some(connection) = place.take().filter(|connection| !connection.owed) {
                Talking { run: self.run, name: &name, connection }.nothing_more("after all that was asked for")?;
            }
        }
        Ok(())
    }
}

impl<'a> Talking<'a> {
    pub(super) fn new(run: &'a super::Run, name: &'a str, connection: Connection) -> Self {
        Self { run, name, connection }
    }

    fn spoke(&self, at: Instant, what: Speech) -> Duration {
        self.run.spoke(self.name, &self.connection.node, at, what)
    }

    fn failure(
        &self,
        when: Duration,
        mismatches: Vec<Mismatch>,
        sentence: Option<String>,
        cause: Option<Cause>,
    ) -> Stop {
        let connection = &self.connection;
        let mut sent = Excerpt::new(&connection.sent);
        sent.bytes = connection.sent_bytes;
        if connection.sent_bytes > Excerpt::MOST && connection.sent_bytes == connection.sent.len() {
            self.run.keep(&mut sent, &connection.sent, "sent");
        }
        Stop::failed(Finding::Conversation(Box::new(Conversation {
            connection: self.name.to_owned(),
            node: connection.node.clone(),
            address: connection.address.to_string(),
            sent,
            when,
            about: self.run.wanted(&mismatches),
            mismatches,
            sentence,
            cause,
            late: cause == Some(Cause::TimedOut),
            starved: false,
            unsettled: false,
        })))
    }

    /// Sends what the step sends and reads what must come, and puts what was heard into `names` as well.
    pub(super) async fn exchange(
        &mut self,
        talk: &Talk,
        names: &mut Scope,
        deadline: &Deadline,
        patience: Duration,
    ) -> Result<Heard, Stop> {
        if let Some(sent) = &talk.send {
            self.say(sent, names, deadline, patience).await?;
        }
        let mut heard = Heard::default();
        let several = talk.receive.len() > 1;
        for (at, item) in talk.receive.iter().enumerate() {
            let place = if several { format!(" {}", at + 1) } else { String::new() };
            match item {
                Received::Line(matcher) => {
                    let matcher = as_text(matcher.resolve(names)?);
                    let line = self.line(&matcher, &format!("line{place}"), deadline, patience).await?;
                    heard.lines.push(line);
                }
                Received::Bytes { count: wanted, text, hex, yaml } => {
                    let wanted = match counted(wanted, names)? {
                        Ok(wanted) => wanted,
                        Err(sentence) => {
                            return Err(self.failure(
                                self.run.since_start(Instant::now()),
                                Vec::new(),
                                Some(sentence),
                                None,
                            ));
                        }
                    };
                    let body = self.bytes(wanted, deadline, patience).await?;
                    let matchers = [text.as_ref(), hex.as_deref(), yaml.as_ref()];
                    let matchers = matchers.map(|matcher| matcher.map(|it| it.resolve(names)).transpose());
                    let [text, hex, yaml] = matchers;
                    let wanted = Body { text: text?, hex: hex?, yaml: yaml? };
                    heard.yaml = self.body(&body, wanted, &format!("bytes{place}"))?;
                    heard.body = Some(String::from_utf8_lossy(&body).into_owned());
                }
            }
            heard.names(names);
        }
        Ok(heard)
    }

    async fn say(&mut self, sent: &Sent, names: &Scope, deadline: &Deadline, patience: Duration) -> Result<(), Stop> {
        let (bytes, pieces, pause) = match sent {
            Sent::Lines(data) => {
                let mut text = String::new();
                match data.json(names)? {
                    Json::Array(lines) => lines.iter().for_each(|line| {
                        text.push_str(&plain(line));
                        text.push_str("\r\n");
                    }),
                    line => {
                        text.push_str(&plain(&line));
                        text.push_str("\r\n");
                    }
                }
                (text.into_bytes(), 1, Duration::ZERO)
            }
            Sent::Bytes { bytes, hex: as_hex, pieces, pause } => {
                let text = plain(&bytes.json(names)?);
                let bytes = if *as_hex {
                    hex::decode(&text).ok_or_else(|| Stop::pack(format!("`{text}` is not made of bytes")))?
                } else {
                    text.into_bytes()
                };
                (bytes, count(pieces, names)?.max(1) as usize, *pause)
            }
        };
        let size = bytes.len().div_ceil(pieces).max(1);
        for (at, piece) in bytes.chunks(size).enumerate() {
            if at > 0 {
                sleep(pause).await;
            }
            // Reported before it is written, so that the answer cannot be reported first.
            self.spoke(Instant::now(), Speech::Sent { text: Excerpt::new(piece) });
            if let Err(ended) = self.connection.write(piece, deadline).await {
                let what = match ended.cause {
                    Cause::TimedOut => format!("{} read no more for {patience:?}", self.connection.node),
                    _ => format!("{} had closed the connection when this was sent", self.connection.node),
                };
                return Err(self.ended(ended, Vec::new(), Some(what)));
            }
        }
        Ok(())
    }

    /// The next line without its end.
    async fn line(
        &mut self,
        matcher: &Matcher<Json>,
        path: &str,
        deadline: &Deadline,
        patience: Duration,
    ) -> Result<String, Stop> {
        let with_its_end = || match matcher {
            Matcher::Equals(Json::String(wanted)) => Expected::Value(format!("{wanted}\r\n").into()),
            _ => Expected::Words("a line that ends with \\r\\n".to_owned()),
        };
        let line = match self.connection.line(deadline).await {
            Ok(line) => line,
            Err(ended) => {
                let nothing = self.connection.left().is_empty();
                let expected = if nothing { wanted_line(matcher) } else { with_its_end() };
                return Err(self.nothing(ended, patience, expected, path));
            }
        };
        let when = self.spoke(self.connection.came(), Speech::Received { text: Excerpt::new(&line) });
        let text = String::from_utf8_lossy(&line);
        let Some(text) = text.strip_suffix("\r\n") else {
            let mismatch = Mismatch {
                path: path.into(),
                expected: with_its_end(),
                actual: Some(Json::from(&*text)),
                source: None,
            };
            return Err(self.failure(when, vec![mismatch], None, None));
        };
        let mismatches = matcher.check(path, Some(&Json::from(text)));
        if mismatches.is_empty() { Ok(text.to_owned()) } else { Err(self.failure(when, mismatches, None, None)) }
    }

    async fn bytes(&mut self, wanted: usize, deadline: &Deadline, patience: Duration) -> Result<Bytes, Stop> {
        match self.connection.bytes(wanted, deadline).await {
            Ok(body) => Ok(body),
            Err(ended) => {
                let expected = Expected::Words(format!("{wanted} bytes"));
                Err(self.nothing(ended, patience, expected, "bytes"))
            }
        }
    }

    /// Compares bytes that came; returns them parsed as YAML, if that was asked for.
    fn body(&self, body: &[u8], wanted: Body, path: &str) -> Result<Option<Json>, Stop> {
        let when = self.spoke(self.connection.came(), Speech::Received { text: Excerpt::new(body) });
        let shown = String::from_utf8_lossy(body);
        let text = wanted.text.map(|text| text.check(path, Some(&Json::from(&*shown))));
        let digits = wanted.hex.map(|digits| digits.check(path, Some(&Json::from(hex::encode(body)))));
        let mut mismatches: Vec<Mismatch> = text.into_iter().chain(digits).flatten().collect();
        let mut read = None;
        if let Some(matcher) = wanted.yaml {
            match yaml::answer(&shown) {
                Ok(value) => {
                    mismatches.extend(matcher.check("yaml", Some(&value)));
                    read = Some(value);
                }
                Err(reason) => mismatches.push(Mismatch {
                    path: "yaml".into(),
                    expected: Expected::Words(format!("YAML; this cannot be read: {reason}")),
                    actual: Some(Json::from(&*shown)),
                    source: None,
                }),
            }
        }
        if mismatches.is_empty() { Ok(read) } else { Err(self.failure(when, mismatches, None, None)) }
    }

    /// Less came than expected.
    fn nothing(&mut self, ended: Ended, patience: Duration, expected: Expected, path: &str) -> Stop {
        let path = Spot::from(path);
        // What is left of a longer wait has a fraction that says nothing.
        let tenths = Duration::from_secs_f64((patience.as_secs_f64() * 10.0).round() / 10.0);
        let patience = if patience > Duration::from_secs(1) { tenths } else { patience };
        let part = self.connection.left();
        if part.is_empty() {
            let node = &self.connection.node;
            let sentence = match ended.cause {
                Cause::TimedOut if path == Spot::Line(Some(1)) => {
                    Some(format!("Nothing came from {node} within {patience:?}."))
                }
                Cause::TimedOut => Some(format!("Nothing more came from {node} within {patience:?}.")),
                _ => None,
            };
            return self.ended(ended, vec![Mismatch { path, expected, actual: None, source: None }], sentence);
        }
        let came = self.connection.came();
        self.spoke(came, Speech::Received { text: Excerpt::new(&part) });
        let actual = Some(Json::from(String::from_utf8_lossy(&part).into_owned()));
        let (bytes, node) = (part.len(), &self.connection.node);
        let sentence = match ended.cause {
            Cause::TimedOut if matches!(path, Spot::Body(_)) => {
                format!("Only {bytes} bytes came from {node} within {patience:?}; the rest of them did not.")
            }
            Cause::TimedOut => format!("{bytes} bytes and no line end came from {node} within {patience:?}."),
            Cause::TooLarge => format!("{node} sent {bytes} bytes without a line end."),
            _ => format!("{node} closed the connection after these {bytes} bytes."),
        };
        self.ended(ended, vec![Mismatch { path, expected, actual, source: None }], Some(sentence))
    }

    fn ended(&self, ended: Ended, mismatches: Vec<Mismatch>, sentence: Option<String>) -> Stop {
        if ended.cause == Cause::Local {
            return Stop::fault(format!("lsfr could not use the connection `{}`: {}", self.name, ended.detail));
        }
        let when = self.spoke(Instant::now(), Speech::Ended { cause: ended.cause });
        let mut stop = self.failure(when, mismatches, sentence, Some(ended.cause));
        if let Some(talk) = stop.conversation() {
            talk.starved = ended.starved;
        }
        stop
    }

    pub(super) fn nothing_more(&mut self, place: &str) -> Result<(), Stop> {
        let more = self.connection.left();
        if more.is_empty() { Ok(()) } else { Err(self.too_much(&more, place)) }
    }

    fn too_much(&self, more: &[u8], place: &str) -> Stop {
        let when = self.spoke(self.connection.came(), Speech::Received { text: Excerpt::new(more) });
        let mismatch = Mismatch {
            path: "then".into(),
            expected: Expected::Words("nothing more".to_owned()),
            actual: Some(Json::from(String::from_utf8_lossy(more).into_owned())),
            source: None,
        };
        let sentence = format!("{} sent bytes that nothing asked for, {place}.", self.connection.node);
        self.failure(when, vec![mismatch], Some(sentence), None)
    }

    pub(super) async fn silent(&mut self, time: Duration) -> Result<(), Stop> {
        match self.connection.more(time).await {
            None => {
                self.spoke(Instant::now(), Speech::Silence { time });
                Ok(())
            }
            Some(Ok(more)) => {
                Err(self.too_much(&more, &format!("in the {time:?} in which nothing should have come")))
            }
            Some(Err(ended)) => Err(self.ended(ended, Vec::new(), None)),
        }
    }

    /// When the node closed it.
    pub(super) async fn closed(&mut self, deadline: &Deadline, patience: Duration) -> Result<Instant, Stop> {
        match self.connection.end(deadline).await {
            Ok(()) => {
                let now = Instant::now();
                self.nothing_more("before it closed the connection")?;
                self.spoke(now, Speech::Ended { cause: Cause::Closed });
                Ok(now)
            }
            Err(ended) => {
                self.nothing_more("where it should have closed the connection")?;
                let sentence = format!("{} did not close the connection within {patience:?}.", self.connection.node);
                Err(self.ended(ended, Vec::new(), Some(sentence)))
            }
        }
    }

    pub(super) fn took(&self, took: &Took, names: &Scope, began: Instant, came: Instant) -> Result<(), Stop> {
        let since = match &took.since {
            None => self.run.seconds(began),
            Some(since) => {
                let value = since.eval(names).map_err(Stop::from)?;
                f64::try_from(value.clone())
                    .map_err(|_| Stop::pack(format!("`since` is {value}, which is not a time")))?
            }
        };
        let seconds = self.run.seconds(came) - since;
        let early = took.at_least.filter(|least| seconds < least.as_secs_f64());
        let late = took.at_most.filter(|most| seconds > most.as_secs_f64());
        // Time that others took meanwhile is not held against the program.
        let granted = || {
            let from = self.run.began + Duration::try_from_secs_f64(since).unwrap_or_default();
            seconds - self.run.time.credit(from, came.into_std()).as_secs_f64()
        };
        let excused = late.filter(|most| granted() <= most.as_secs_f64());
        let starved = excused.is_some_and(|most| seconds > (most * GrantedTime::MOST).as_secs_f64());
        let late = late.filter(|_| excused.is_none() || starved);
        let counted = took.since.as_ref().map(|_| format!(", counted from +{since:.3}")).unwrap_or_default();
        let words = match (early, late) {
            (Some(least), _) => format!("{least:?} at least{counted}"),
            (_, Some(most)) => format!("{most:?} at most{counted}"),
            _ => return Ok(()),
        };
        let actual = Some(Json::from((seconds * 1000.0).round() / 1000.0));
        let mismatch = Mismatch { path: "seconds".into(), expected: Expected::Words(words), actual, source: None };
        let mut stop = self.failure(self.run.since_start(came), vec![mismatch], None, None);
        if let Some(talk) = stop.conversation() {
            talk.late = early.is_none();
            talk.starved = starved;
        }
        Err(stop)
    }
}

impl super::Run {
    /// Reports it, and when it happened. What is said on a connection without a name is lsfr's own affair.
    pub(super) fn spoke(&self, connection: &str, node: &str, at: Instant, what: Speech) -> Duration {
        let when = self.since_start(at);
        if connection.is_empty() {
            return when;
        }
        let Said { about, changes, given } = match &what {
            Speech::Sent { text } => self.about.said(&text.text),
            Speech::Received { text } => {
                Said { about: self.about.heard(&text.text).into_iter().collect(), ..Said::default() }
            }
            _ => Said::default(),
        };
        let (connection, node) = (connection.to_owned(), node.to_owned());
        self.emit(Event::Spoken(Spoken { connection, node, when, about, changes, given, what }));
        when
    }

    /// What the lines are about that should have come.
    fn wanted(&self, mismatches: &[Mismatch]) -> Vec<Item> {
        let line = |mismatch: &Mismatch| match &mismatch.expected {
            Expected::Value(Json::String(line)) => self.about.heard(line),
            _ => None,
        };
        mismatches.iter().filter_map(line).collect()
    }

    pub(super) fn since_start(&self, at: Instant) -> Duration {
        at.into_std().duration_since(self.began)
    }

    pub(super) fn seconds(&self, at: Instant) -> f64 {
        self.since_start(at).as_secs_f64()
    }
}

/// A missing answer does not count as a failure where none is required.
pub(super) fn unanswered(stop: Stop, frame: &Frame) -> Stop {
    match &stop {
        Stop::Failed(failed) if frame.unanswered.is_some() => match &failed.what {
            What::Found(Finding::Conversation(talk)) => match talk.cause {
                Some(_) if talk.starved => Stop::Unanswered(Unanswered::Starved, None),
                Some(cause) => Stop::Unanswered(Unanswered::Cause(cause), None),
                None => stop,
            },
            _ => stop,
        },
        _ => stop,
    }
}

/// Lines are text: an expression that yields a number is compared in its printed form.
fn as_text(matcher: Matcher<Json>) -> Matcher<Json> {
    match matcher {
        Matcher::Equals(value) if !value.is_string() => Matcher::Equals(Json::from(plain(&value))),
        other => other,
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn wanted_line(matcher: &Matcher<Json>) -> Expected {
    match matcher {
        Matcher::Equals(Json::String(wanted)) => Expected::Value(format!("{wanted}\r\n").into()),
        other => Expected::Words(other.describe()),
    }
}

/// How many bytes to read. A line of the answer may say how many: then it is the program's failure, reported in a
/// sentence, if that is not a number.
fn counted(data: &Data, names: &Scope) -> Result<Result<usize, String>, Stop> {
    let value = data.json(names).map_err(|error| Stop::undefined(error, "The answer"))?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let number = number.and_then(|number| usize::try_from(number).ok()).filter(|number| *number <= MAX_BYTES);
    Ok(number.ok_or_else(|| format!("The answer should say how many bytes follow, but says {}.", plain(&value))))
}
