//! A run folder that tests write into, as lsfr and its nodes do.

mod clock;
mod draw;
mod model;
mod pane;
mod quoted;
mod speech;
mod store;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tempfile::TempDir;

use super::index::{Index, Node};
use super::indexer::Followers;
use super::{LogPane, LogStore, Onward, Quoted, follower::Follower, scan};
use crate::cluster::{log_path, times_path};
use crate::facts::{Answer, Answered, Event, Excerpt, NodeEventKind, Operation, OperationId, Stamped};
use crate::report::records::events_path;
use crate::tui::theme::Theme;

struct Run {
    dir: TempDir,
}

impl Run {
    fn new() -> Run {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("logs")).unwrap();
        Run { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The node prints, and nobody has seen when.
    fn print(&self, node: &str, bytes: impl AsRef<[u8]>) {
        append(&log_path(self.path(), node), bytes.as_ref());
    }

    fn sample(&self, node: &str, micros: u64) {
        let length = fs::metadata(log_path(self.path(), node)).map_or(0, |metadata| metadata.len());
        append(&times_path(self.path(), node), format!("{length} {micros}\n").as_bytes());
    }

    fn print_at(&self, node: &str, millis: u64, bytes: impl AsRef<[u8]>) {
        self.print(node, bytes);
        self.sample(node, millis * 1000);
    }

    /// lsfr reports an event.
    fn event(&self, millis: u64, event: Event) {
        let stamped = Stamped { at: Duration::from_millis(millis), event };
        let mut line = serde_json::to_vec(&stamped).unwrap();
        line.push(b'\n');
        append(&events_path(self.path()), &line);
    }

    fn node(&self, millis: u64, node: &str, what: NodeEventKind) {
        self.event(millis, Event::Node { node: node.to_owned(), what });
    }

    fn request(&self, millis: u64, node: &str, path: &str, status: u16) {
        self.event(millis + 1, Event::Operation(operation(millis, node, path, status)));
    }

    fn open(&self, live: bool) -> Opened {
        let (sender, woken) = channel();
        let wake = Box::new(move || {
            let _ = sender.send(());
        });
        Opened { store: LogStore::open(self.path(), live, wake).unwrap(), woken }
    }

    /// Stored, and read to its end.
    fn read(&self) -> Opened {
        let opened = self.open(false);
        opened.until(|index| index.settled);
        opened
    }
}

fn operation(millis: u64, node: &str, path: &str, status: u16) -> Operation {
    Operation {
        id: Some(OperationId(millis)),
        node: node.to_owned(),
        address: "127.0.0.1:24011".to_owned(),
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: None,
        hops: Vec::new(),
        called: Duration::from_millis(millis),
        took: Duration::from_millis(1),
        result: Answered::Answer(Answer { status, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false }),
    }
}

fn append(path: &Path, bytes: &[u8]) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(bytes).unwrap();
}

struct Opened {
    store: LogStore,
    woken: Receiver<()>,
}

impl Opened {
    fn until(&self, done: impl Fn(&Index) -> bool) {
        while !done(&self.store.index()) {
            self.woken.recv_timeout(Duration::from_secs(20)).expect("nothing more comes");
        }
    }

    fn lines(&self, lines: u64) {
        self.until(|index| index.blocks.iter().map(|block| u64::from(block.lines)).sum::<u64>() == lines);
    }

    /// After a frame has told the store what to count.
    fn counted(&self) {
        self.until(|index| !index.blocks.iter().any(|block| index.is_unknown(block)));
    }

    fn screen(&self, pane: &mut LogPane, width: u16, height: u16) -> Vec<String> {
        text(&self.draw(pane, width, height, &Theme::DARK))
    }

    fn draw(&self, pane: &mut LogPane, width: u16, height: u16, theme: &Theme) -> Buffer {
        draw(Some(&self.store), pane, width, height, theme)
    }

    /// Frames until all is counted and all moves are made.
    fn settle(&self, pane: &mut LogPane, width: u16, height: u16) -> Vec<String> {
        self.screen(pane, width, height);
        self.counted();
        self.screen(pane, width, height)
    }

    fn title(&self, pane: &LogPane) -> String {
        self.title_of(pane, 80, true)
    }

    fn title_of(&self, pane: &LogPane, width: usize, live: bool) -> String {
        let onward = Onward { key: "f".into(), live };
        pane.title(Some(&self.store), &Theme::DARK, true, width, &onward).to_string()
    }

    fn current(&self, pane: &LogPane) -> String {
        pane.current_text(&self.store).unwrap()
    }
}

fn draw(store: Option<&LogStore>, pane: &mut LogPane, width: u16, height: u16, theme: &Theme) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    pane.render(store, theme, area, &mut buffer, true);
    buffer
}

/// Rows, without the second halves of wide characters.
fn text(buffer: &Buffer) -> Vec<String> {
    let area = *buffer.area();
    let row = |y| {
        let mut row = String::new();
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(crate::text::width(symbol).max(1)).unwrap();
        }
        row.trim_end().to_owned()
    };
    (0..area.height).map(row).collect()
}

/// Numbered lines: `line 0` and on.
fn numbered(count: usize) -> String {
    (0..count).map(|number| format!("line {number}\n")).collect()
}

/// The index without its thread.
struct Indexed {
    index: Mutex<Index>,
    followers: Followers,
}

impl Indexed {
    fn new(run: &Run, nodes: &[&str]) -> Indexed {
        let (mut index, mut followers) = (Index::default(), Followers::default());
        for (node, source) in nodes.iter().zip(1..) {
            let follower = Follower::open(run.path(), node, source).unwrap();
            index.nodes.push(Node { name: (*node).to_owned(), file: follower.file() });
            followers.all.push(follower);
        }
        Indexed { index: Mutex::new(index), followers }
    }

    fn pass(&mut self, ended: bool) {
        let index = self.index.get_mut().unwrap();
        index.merge_own();
        index.forget(&self.followers.look(ended));
        let mut more = true;
        while more {
            let mut blocks = Vec::new();
            more = self.followers.step(&mut blocks);
            index.merge(blocks);
        }
    }

    fn count(&self) {
        while scan::round(&self.index) {}
    }
}
