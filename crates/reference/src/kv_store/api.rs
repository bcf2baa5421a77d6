//! The HTTP API: which request gets which answer.

mod cluster;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Body;
use hyper::header::{ALLOW, CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, StatusCode, Uri};

use super::beside_log::BesideLog;
use super::bug::Bug;
use super::conditions::{self, BadHeader};
use super::map::{Entry, Outcome};
use super::record::{Command, Condition, Operation, RequestId};
use super::replicated::{Refused, Replicated};
use super::route::{Route, route};
use super::store::Store;
use super::value::{self, BadValue};

/// No peer sends more at once.
const LARGEST_REQUEST: usize = 16 << 20;

pub(super) type Answer = Response<Full<Bytes>>;

pub(super) struct Api {
    store: Store,
    /// Only for `shared-answer-buffer`.
    answer: Mutex<Bytes>,
    /// Only for bugs.
    beside_log: BesideLog,
    bug: Bug,
}

impl Api {
    pub(super) fn new(store: Store, bug: Bug) -> Api {
        Api { store, answer: Mutex::default(), beside_log: BesideLog::default(), bug }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) async fn answer<B>(self: Arc<Self>, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (target, bug) = (request.uri().clone(), self.bug);
        self.serve(request).await.unwrap_or_else(|refused| not_served(&refused, &target, bug))
    }

    async fn serve<B>(self: Arc<Self>, request: Request<B>) -> Result<Answer, Refused>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut method = request.method().clone();
        if method == Method::POST && self.bug == Bug::PostStores {
            method = Method::PUT;
        }
        let key = match route(request.uri().path(), self.bug) {
            Route::Unknown => return Ok(not_found()),
            Route::ClusterInfo => return Ok(self.cluster_info(&method).await),
            Route::Members => return Ok(self.members(&method)),
            Route::Member(id) => return self.change(&method, id).await,
            Route::Messages => return Ok(self.messages(request).await),
            Route::Asks => return Ok(self.asked(request).await),
            Route::Transaction => return self.transact(request).await,
            Route::Groups => return Ok(self.groups(&method).await),
            Route::Group(group) => return self.change_groups(&method, group, request).await,
            Route::Locate(key) => return Ok(self.locate(&method, &key)),
            Route::Clear if method == Method::DELETE || self.bug == Bug::AnyMethodClears => {
                return self.write(Operation::Clear.into(), StatusCode::OK).await;
            }
            Route::Clear => return Ok(method_not_allowed("DELETE")),
            _ if ![Method::GET, Method::PUT, Method::DELETE].contains(&method) => {
                return Ok(method_not_allowed("GET, PUT, DELETE"));
            }
            Route::EmptyKey => return Ok(text(StatusCode::BAD_REQUEST, "key cannot be empty\n")),
            Route::InvalidKey => return Ok(text(StatusCode::BAD_REQUEST, "invalid key\n")),
            Route::Key(key) => key,
        };
        if method == Method::GET {
            let by_itself = match self.bug {
                Bug::FollowerServesGet => true,
                Bug::RemovedNodeServes => self.store.cluster().is_some_and(Replicated::is_outside),
                _ => false,
            };
            let entry = match by_itself || local(request.uri()) {
                true => self.store.local(&key)?,
                false => self.store.read(&key).await?,
            };
            return Ok(self.found(entry).await);
        }
        let (condition, id) =
            match (conditions::condition(request.headers(), self.bug), conditions::request_id(request.headers())) {
                (Ok(condition), Ok(id)) => (condition, id),
                (Err(bad), _) | (_, Err(bad)) => return Ok(not_understood(&bad)),
            };
        let condition = match condition {
            Condition::Missing if self.bug == Bug::IfNoneMatchIgnored => Condition::None,
            Condition::Version(_) if self.bug == Bug::DeleteIgnoresIfMatch && method == Method::DELETE => {
                Condition::None
            }
            condition => condition,
        };
        let id = id.filter(|_| !(self.bug == Bug::DeleteIgnoresId && method == Method::DELETE));
        let id = match id {
            Some(given) if self.bug == Bug::IdsWithoutCase => {
                Some(RequestId { id: given.id.to_ascii_lowercase().into(), ..given })
            }
            id => id,
        };
        if method == Method::DELETE {
            return self.delete(Command { operation: Operation::Delete { key }, condition, id }).await;
        }
        match value::read(request.into_body(), self.bug).await {
            Ok(value) => self.put(Command { operation: Operation::Put { key, value }, condition, id }).await,
            Err(bad) => Ok(refuse(&bad)),
        }
    }

    async fn found(&self, entry: Option<Entry>) -> Answer {
        let Some(Entry { mut value, version }) = entry else {
            return match self.bug {
                Bug::MissingKeyEmpty => bytes(StatusCode::OK, Bytes::new()),
                Bug::FrameworkErrorText => text(StatusCode::NOT_FOUND, "404 page not found\n"),
                _ => text(StatusCode::NOT_FOUND, "key not found\n"),
            };
        };
        match self.bug {
            Bug::NewlineAdded => value = [&value[..], b"\n"].concat().into(),
            // What a client sees that stops reading where Content-Length says.
            Bug::LengthInCharacters => {
                value.truncate(String::from_utf8_lossy(&value).chars().count());
            }
            Bug::SharedAnswerBuffer => {
                *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = value;
                // Widens the window: as long as sending a larger answer takes.
                tokio::time::sleep(Duration::from_millis(5)).await;
                value = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
            }
            _ => {}
        }
        self.tagged(bytes(StatusCode::OK, value), version)
    }

    async fn put(self: Arc<Self>, command: Command) -> Result<Answer, Refused> {
        let new = command.operation.key().is_some_and(|key| self.store.get(key).is_none());
        let status = if new && self.bug == Bug::PutAnswers201 { StatusCode::CREATED } else { StatusCode::OK };
        match self.bug {
            Bug::CopiedMapLosesWrites => {
                let mut copy = self.store.copy();
                // Widens the window between copying and putting in place.
                tokio::time::sleep(Duration::from_millis(3)).await;
                let outcome = self.store.write(command.clone()).await?;
                if let (Operation::Put { key, value }, Outcome::Stored(version)) = (command.operation, &outcome) {
                    copy.put(key, Entry { value, version: *version });
                    self.store.replace(copy);
                }
                Ok(self.written(outcome, status))
            }
            Bug::AcknowledgedBeforeApplied => {
                tokio::spawn(async move {
                    // Widens the window: the change waits behind others.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    self.store.write(command).await
                });
                Ok(bytes(status, Bytes::new()))
            }
            Bug::EtagOfAnotherPut => {
                let key = command.operation.key().map(Arc::<str>::from);
                let outcome = self.store.write(command).await?;
                // Widens the window: another write comes between.
                tokio::time::sleep(Duration::from_millis(3)).await;
                let now = key.and_then(|key| self.store.get(&key)).map(|entry| Outcome::Stored(entry.version));
                Ok(self.written(now.unwrap_or(outcome), status))
            }
            _ => self.write(command, status).await,
        }
    }

    async fn delete(&self, command: Command) -> Result<Answer, Refused> {
        let missing = command.operation.key().is_some_and(|key| self.store.get(key).is_none());
        if self.bug == Bug::DeleteMissing404 && missing {
            return Ok(text(StatusCode::NOT_FOUND, "key not found\n"));
        }
        if self.bug == Bug::DeleteIfMatchMissing200 && missing {
            return Ok(bytes(StatusCode::OK, Bytes::new()));
        }
        let status = match self.bug {
            Bug::DeleteAnswers204 => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        self.write(command, status).await
    }

    /// Answers only once the change is durable.
    async fn write(&self, mut command: Command, done: StatusCode) -> Result<Answer, Refused> {
        let before = match self.bug {
            Bug::CheckedBeforeWrite => true,
            Bug::ConditionCheckedOnArrival => self.store.cluster().is_some_and(Replicated::leads),
            _ => false,
        };
        if before && command.condition != Condition::None {
            let entry = command.operation.key().and_then(|key| self.store.get(key));
            let holds = match command.condition {
                Condition::Version(version) => entry.is_some_and(|entry| entry.version == version),
                _ => entry.is_none(),
            };
            if !holds {
                return Ok(self.written(Outcome::ConditionFailed, done));
            }
            // Widens the window between the look and the write.
            tokio::time::sleep(Duration::from_millis(3)).await;
            command.condition = Condition::None;
        }
        let id = command.id.clone();
        if let Some(result) = self.beside_log.repeated(&mut command, &self.store, self.bug) {
            return Ok(self.written(result?, done));
        }
        let result = self.store.write(command).await;
        self.beside_log.note(id, &result, self.bug);
        Ok(self.written(result?, done))
    }

    fn written(&self, outcome: Outcome, done: StatusCode) -> Answer {
        match outcome {
            Outcome::Stored(version) if self.bug != Bug::PutWithoutEtag => {
                self.tagged(bytes(done, Bytes::new()), version)
            }
            Outcome::Done | Outcome::Stored(_) => bytes(done, Bytes::new()),
            Outcome::ConditionFailed => text(StatusCode::PRECONDITION_FAILED, "precondition failed\n"),
            // The store has put everything else in its own words.
            _ => moving(),
        }
    }

    fn tagged(&self, mut answer: Answer, version: u64) -> Answer {
        if self.bug == Bug::NoEtag {
            return answer;
        }
        // A number between quotes can go out in a header.
        if let Ok(tag) = HeaderValue::try_from(conditions::etag(version, self.bug)) {
            answer.headers_mut().insert(ETAG, tag);
        }
        answer
    }
}

/// Whether the client accepts what this node has, however old.
fn local(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "read=local"))
}

fn rewritten(target: &Uri) -> String {
    let pair = |pair: &str| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") };
    match target.query() {
        None => target.path().to_owned(),
        Some(query) => format!("{}?{}", target.path(), query.split('&').map(pair).collect::<Vec<_>>().join("&")),
    }
}

fn not_served(refused: &Refused, target: &Uri, bug: Bug) -> Answer {
    match refused {
        Refused::Redirect(leader) => {
            let target = match bug {
                Bug::LocationDropsKey => "/kv/".into(),
                Bug::LocationDropsQuery => target.path().into(),
                Bug::LocationRewritten => rewritten(target).into(),
                _ => Cow::Borrowed(target.path_and_query().map_or("/", PathAndQuery::as_str)),
            };
            let status = if bug == Bug::RedirectIs302 { StatusCode::FOUND } else { StatusCode::TEMPORARY_REDIRECT };
            let mut answer = text(status, "another node leads\n");
            // A path that came in a request can go out in a header.
            if let Ok(location) = HeaderValue::try_from(format!("http://{leader}{target}")) {
                answer.headers_mut().insert(LOCATION, location);
            }
            answer
        }
        Refused::NoLeader if bug == Bug::Unled404 => text(StatusCode::NOT_FOUND, "key not found\n"),
        Refused::NoLeader => text(StatusCode::SERVICE_UNAVAILABLE, "no leader is known\n"),
        Refused::Unknown => {
            text(StatusCode::SERVICE_UNAVAILABLE, "not confirmed: it may have happened, or may yet\n")
        }
        Refused::Moving => moving(),
        Refused::Locked => text(StatusCode::SERVICE_UNAVAILABLE, "a transaction holds the key\n"),
        Refused::UnderWay => text(StatusCode::CONFLICT, "another change of the members is under way\n"),
        Refused::LastMember => text(StatusCode::CONFLICT, "it is the last member\n"),
        Refused::NotCaughtUp => {
            text(StatusCode::SERVICE_UNAVAILABLE, "given up: the node has not caught up within 10 s\n")
        }
    }
}

fn refuse(bad: &BadValue) -> Answer {
    match bad {
        BadValue::Empty => text(StatusCode::BAD_REQUEST, "value cannot be empty\n"),
        BadValue::TooLong => text(StatusCode::PAYLOAD_TOO_LARGE, "value is too long\n"),
        BadValue::CutShort => text(StatusCode::BAD_REQUEST, "the body was cut short\n"),
    }
}

fn not_understood(bad: &BadHeader) -> Answer {
    let sentence = match bad {
        BadHeader::Condition => {
            "If-Match takes one strong ETag, If-None-Match takes *, and a request one of the two\n"
        }
        BadHeader::Id => "Idempotency-Key takes 1 to 64 letters, digits and hyphens\n",
    };
    text(StatusCode::BAD_REQUEST, sentence)
}

fn moving() -> Answer {
    text(StatusCode::SERVICE_UNAVAILABLE, "the key is on its way from one group to another\n")
}

fn not_found() -> Answer {
    text(StatusCode::NOT_FOUND, "not found\n")
}

fn method_not_allowed(allowed: &'static str) -> Answer {
    let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

fn text(status: StatusCode, text: &'static str) -> Answer {
    bytes(status, Bytes::from_static(text.as_bytes()))
}

fn json(body: Bytes) -> Answer {
    let mut answer = bytes(StatusCode::OK, body);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn bytes(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain);
    answer
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tempfile::TempDir;

    use super::*;

    struct Server {
        api: Arc<Api>,
        _folder: TempDir,
    }

    fn server(bug: Bug) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None, bug).unwrap();
        Server { api: Arc::new(Api::new(store, bug)), _folder: folder }
    }

    impl Server {
        async fn ask(&self, method: &str, path: &str, body: impl Into<Bytes>) -> (u16, Bytes) {
            let answer = self.ask_with(method, path, &[], body).await;
            let status = answer.status().as_u16();
            (status, answer.into_body().collect().await.unwrap().to_bytes())
        }

        async fn ask_with(
            &self,
            method: &str,
            path: &str,
            headers: &[(&str, &str)],
            body: impl Into<Bytes>,
        ) -> Answer {
            let request = Request::builder().method(method).uri(path);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            self.api.clone().answer(request.body(Full::new(body.into())).unwrap()).await
        }
    }

    fn tag(answer: &Answer) -> Option<&str> {
        answer.headers().get(ETAG).map(|tag| tag.to_str().unwrap())
    }

    #[tokio::test]
    async fn every_row_of_the_contract() {
        let server = server(Bug::None);
        let rows: &[(&str, &str, &str, u16, &str)] = &[
            ("GET", "/kv/a", "", 404, "key not found\n"),
            ("PUT", "/kv/a", "one", 200, ""),
            ("GET", "/kv/a", "", 200, "one"),
            ("PUT", "/kv/a", " two\n\0é ", 200, ""),
            ("GET", "/kv/%61", "", 200, " two\n\0é "),
            ("GET", "/kv/A", "", 404, "key not found\n"),
            ("PUT", "/kv/a", "", 400, "value cannot be empty\n"),
            ("DELETE", "/kv/never", "", 200, ""),
            ("DELETE", "/kv/a", "", 200, ""),
            ("GET", "/kv/a", "", 404, "key not found\n"),
            ("GET", "/kv/", "", 400, "key cannot be empty\n"),
            ("PUT", "/kv/", "x", 400, "key cannot be empty\n"),
            ("DELETE", "/kv/", "", 400, "key cannot be empty\n"),
            ("POST", "/kv/a", "x", 405, "method not allowed\n"),
            ("PATCH", "/kv/a", "x", 405, "method not allowed\n"),
            ("PUT", "/kv/b", "kept", 200, ""),
            ("GET", "/clear", "", 405, "method not allowed\n"),
            ("POST", "/clear", "", 405, "method not allowed\n"),
            ("PUT", "/clear", "x", 405, "method not allowed\n"),
            ("PATCH", "/clear", "x", 405, "method not allowed\n"),
            ("GET", "/kv/b", "", 200, "kept"),
            ("DELETE", "/clear", "", 200, ""),
            ("GET", "/kv/b", "", 404, "key not found\n"),
        ];
        for (method, path, body, status, answer) in rows {
            let found = server.ask(method, path, *body).await;
            assert_eq!(found, (*status, Bytes::from(*answer)), "{method} {path}");
        }
    }

    #[tokio::test]
    async fn conditions_and_ids_decide_whether_a_write_happens() {
        let server = server(Bug::None);
        // Method, headers, body; status, ETag; what a GET then finds.
        type Row = (&'static str, &'static [(&'static str, &'static str)], u16, Option<&'static str>, &'static str);
        let rows: &[Row] = &[
            ("PUT", &[("If-Match", "\"1\"")], 412, None, "none"),
            ("DELETE", &[("If-Match", "\"1\"")], 412, None, "none"),
            ("PUT", &[("If-None-Match", "*"), ("Idempotency-Key", "a")], 200, Some("\"3\""), "\"3\""),
            ("PUT", &[("If-None-Match", "*"), ("Idempotency-Key", "b")], 412, None, "\"3\""),
            ("PUT", &[("If-None-Match", "*"), ("Idempotency-Key", "a")], 200, Some("\"3\""), "\"3\""),
            ("PUT", &[("If-Match", "\"3\""), ("Idempotency-Key", "c")], 200, Some("\"6\""), "\"6\""),
            ("PUT", &[("If-Match", "\"3\""), ("Idempotency-Key", "c")], 200, Some("\"6\""), "\"6\""),
            ("PUT", &[("If-Match", "\"3\"")], 412, None, "\"6\""),
            ("PUT", &[("If-Match", "3")], 400, None, "\"6\""),
            ("PUT", &[("Idempotency-Key", "")], 400, None, "\"6\""),
            ("DELETE", &[("If-Match", "\"6\""), ("Idempotency-Key", "d")], 200, None, "none"),
            ("PUT", &[("Idempotency-Key", "b")], 412, None, "none"),
            ("PUT", &[], 200, Some("\"11\""), "\"11\""),
            ("DELETE", &[("If-Match", "\"6\""), ("Idempotency-Key", "d")], 200, None, "\"11\""),
        ];
        for (method, headers, status, expected, left) in rows {
            let answer = server.ask_with(method, "/kv/a", headers, "value").await;
            assert_eq!((answer.status().as_u16(), tag(&answer)), (*status, *expected), "{method} {headers:?}");
            let read = server.ask_with("GET", "/kv/a", &[], "").await;
            assert_eq!(tag(&read).unwrap_or("none"), *left, "after {method} {headers:?}");
        }
    }

    #[tokio::test]
    async fn a_value_may_be_a_million_bytes_and_no_longer() {
        let server = server(Bug::None);
        let longest = vec![b'x'; 1_000_000];
        assert_eq!(server.ask("PUT", "/kv/a", longest.clone()).await.0, 200);
        assert_eq!(server.ask("GET", "/kv/a", "").await.1, longest);
        assert_eq!(server.ask("PUT", "/kv/a", vec![b'y'; 1_000_001]).await.0, 413);
        assert_eq!(server.ask("GET", "/kv/a", "").await.1, longest);
    }

    #[tokio::test]
    async fn after_the_store_has_stopped_a_write_is_503_and_a_read_is_answered() {
        let server = server(Bug::None);
        assert_eq!(server.ask("PUT", "/kv/a", "1").await.0, 200);
        server.api.store().close();
        assert_eq!(server.ask("PUT", "/kv/a", "2").await.0, 503);
        assert_eq!(server.ask("GET", "/kv/a", "").await, (200, Bytes::from("1")));
    }
}
