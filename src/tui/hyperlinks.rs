//! Links that the terminal itself can open and show the address of: OSC 8.
//!
//! A cell of ratatui's has no address, and the bytes of one in its text would count as columns. So a frame is drawn
//! without; then those of its stretches that are links, and have changed, are written once more, between the sequence
//! that begins a link and the one that ends it. Nothing that a node prints becomes a link: only addresses of guides and
//! files of the project do.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::Path;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::guide::openable;
use super::targets::Target;
use super::ui::Ui;

/// Terminals drop what is longer, or worse.
const LONGEST: usize = 2000;
const END: &[u8] = b"\x1b]8;;\x1b\\";

/// Cells of one row that lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hyperlink {
    pub(super) area: Rect,
    pub(super) address: Address,
}

/// An address of visible ASCII alone, which nothing in it can end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Address(String);

impl Address {
    /// Of the web, as far as lsfr would open it itself.
    pub(super) fn web(address: &str) -> Option<Self> {
        openable(address).then(|| escaped(address, |byte| byte.is_ascii_graphic())).and_then(Self::short)
    }

    /// Of a file on this machine, which is named: the terminal may run on another.
    pub(super) fn file(path: &Path, host: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        let path = path.to_str().filter(|path| path.starts_with('/'))?;
        Self::short(format!("file://{}{}", if is_name { host } else { "" }, escaped(path, plain)))
    }

    fn short(address: String) -> Option<Self> {
        (address.len() <= LONGEST).then_some(Self(address))
    }

    /// What begins a link. The parts of one in several rows are told to be one by its id.
    fn begin(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        format!("\x1b]8;id={:x};{}\x1b\\", hasher.finish(), self.0)
    }
}

fn escaped(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The links of the last frame.
pub(super) fn of(ui: &Ui, host: &str) -> Vec<Hyperlink> {
    // What is drawn without colour is meant to be plain.
    let Some(bench) = ui.app.bench().filter(|_| ui.app.theme.has_colour()) else { return Vec::new() };
    let address = |target: &Target| match target {
        Target::Link(address) => Address::web(address),
        Target::Place(place) => Address::file(&bench.course.dir.join(&place.file), host),
        Target::Key(_) | Target::Tab(_) | Target::Stage(_) | Target::Entry(_) => None,
    };
    ui.targets.iter().filter_map(|(area, target)| Some(Hyperlink { area, address: address(target)? })).collect()
}

/// What this machine is called; empty if that is not known.
pub(super) fn host() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_default()
}

/// The links that are on the screen.
#[derive(Debug, Default)]
pub(super) struct Hyperlinks(Vec<Drawn>);

#[derive(Debug, PartialEq)]
struct Drawn {
    link: Hyperlink,
    cells: Vec<Cell>,
}

impl Drawn {
    fn of(link: Hyperlink, buffer: &Buffer) -> Self {
        let link = Hyperlink { area: link.area.intersection(buffer.area), ..link };
        let cells = link.area.positions().map(|at| buffer[at].clone()).collect();
        Self { link, cells }
    }

    /// As it was written.
    fn cell(&self, at: Position) -> Option<&Cell> {
        let column = at.x.checked_sub(self.link.area.x)?;
        self.cells.get(usize::from(column)).filter(|_| self.link.area.contains(at))
    }
}

impl Hyperlinks {
    /// The screen is empty.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// After a frame was written without links: writes those that are new or drawn anew, and what is no link any more.
    /// Whether anything was written, which moves the cursor.
    pub(super) fn write(&mut self, out: &mut impl Write, buffer: &Buffer, links: Vec<Hyperlink>) -> io::Result<bool> {
        let now: Vec<Drawn> = links.into_iter().map(|link| Drawn::of(link, buffer)).collect();
        let before = std::mem::take(&mut self.0);
        let mut wrote = false;
        for gone in before.iter().filter(|drawn| !now.contains(drawn)) {
            // What has changed was written without a link just now, and what is part of another link will be.
            let stays = |at: Position, cell: &Cell| gone.cell(at) == Some(cell) && !is_linked(&now, at);
            wrote |= cells(out, buffer, gone.link.area, stays)?;
        }
        for drawn in now.iter().filter(|drawn| !before.contains(drawn)) {
            out.write_all(drawn.link.address.begin().as_bytes())?;
            cells(out, buffer, drawn.link.area, |_, _| true)?;
            out.write_all(END)?;
            wrote = true;
        }
        self.0 = now;
        Ok(wrote)
    }
}

fn is_linked(links: &[Drawn], at: Position) -> bool {
    links.iter().any(|drawn| drawn.link.area.contains(at))
}

/// Writes those cells of a row that are wanted, without the ones that a wide letter covers. Whether there were any.
fn cells(
    out: &mut impl Write,
    buffer: &Buffer,
    row: Rect,
    wanted: impl Fn(Position, &Cell) -> bool,
) -> io::Result<bool> {
    let mut covered = 0;
    let shown = row.intersection(buffer.area).positions().filter_map(|at| {
        let cell = &buffer[at];
        if covered > 0 {
            covered -= 1;
            return None;
        }
        covered = cell.symbol().width().saturating_sub(1);
        wanted(at, cell).then_some((at.x, at.y, cell))
    });
    let shown: Vec<_> = shown.collect();
    if shown.is_empty() {
        return Ok(false);
    }
    CrosstermBackend::new(out).draw(shown.into_iter())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn link(x: u16, width: u16) -> Hyperlink {
        Hyperlink { area: Rect::new(x, 0, width, 1), address: Address::web("https://a.org/x").unwrap() }
    }

    fn buffer(text: &str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        buffer.set_string(0, 0, text, Style::new());
        buffer
    }

    /// What is written for a frame, with the colours left out.
    fn written(links: &mut Hyperlinks, text: &str, now: &[Hyperlink]) -> String {
        let mut out = Vec::new();
        let wrote = links.write(&mut out, &buffer(text), now.to_vec()).unwrap();
        assert_eq!(wrote, !out.is_empty());
        String::from_utf8(out).unwrap().replace("\x1b[39m\x1b[49m\x1b[59m\x1b[0m", "")
    }

    #[test]
    fn only_what_changed_is_written_and_only_its_own_cells() {
        let mut links = Hyperlinks::default();
        let begin = link(0, 1).address.begin();
        assert!(begin.starts_with("\x1b]8;id=") && begin.ends_with(";https://a.org/x\x1b\\"), "{begin:?}");
        let end = "\x1b]8;;\x1b\\";
        assert_eq!(written(&mut links, "see this page", &[link(4, 4)]), format!("{begin}\x1b[1;5Hthis{end}"));
        assert_eq!(written(&mut links, "see this book", &[link(4, 4)]), "", "nothing of it changed");
        assert_eq!(written(&mut links, "see that book", &[link(4, 4)]), format!("{begin}\x1b[1;5Hthat{end}"));
        // It moves by a column, and then is gone where the same text stays.
        assert_eq!(written(&mut links, "see  that book", &[link(5, 4)]), format!("{begin}\x1b[1;6Hthat{end}"));
        assert_eq!(written(&mut links, "see  that book", &[]), "\x1b[1;6Hthat");
        assert_eq!(written(&mut links, "see  that book", &[]), "");
        links.forget();
        assert_eq!(written(&mut links, "see this page", &[link(4, 4)]), format!("{begin}\x1b[1;5Hthis{end}"));
    }

    #[test]
    fn what_is_no_link_any_more_is_written_without_one_where_nothing_else_was_written() {
        let mut links = Hyperlinks::default();
        written(&mut links, "see this page", &[link(4, 4), link(9, 4)]);
        assert_eq!(written(&mut links, "see this past", &[link(4, 4)]), "\x1b[1;10Hpa");
    }

    #[test]
    fn wide_letters_take_their_columns_once() {
        let mut links = Hyperlinks::default();
        let written = written(&mut links, "a 世界 b", &[link(2, 4)]);
        assert!(written.contains("\x1b[1;3H世") && written.contains('界') && !written.contains("世 "), "{written:?}");
    }

    #[test]
    fn nothing_in_an_address_can_end_it() {
        let web = |address: &str| Address::web(address).map(|address| address.0);
        assert_eq!(web("https://a.org/x?y=1#z").as_deref(), Some("https://a.org/x?y=1#z"));
        assert_eq!(web("https://a.org/é").as_deref(), Some("https://a.org/%C3%A9"));
        for refused in
            ["javascript:x", "file:///etc/passwd", "https://a.org/\x1b\\x", "https://a.org/\x07", "ftp://a"]
        {
            assert_eq!(web(refused), None);
        }
        assert_eq!(web(&format!("https://a.org/{}", "x".repeat(LONGEST))), None);
        let file = |path: &str, host: &str| Address::file(Path::new(path), host).map(|address| address.0);
        assert_eq!(file("/p/a b;c.rs", "desk").as_deref(), Some("file://desk/p/a%20b%3Bc.rs"));
        assert_eq!(file("/p/\x1b]8;;\x07.c", "x y").as_deref(), Some("file:///p/%1B%5D8%3B%3B%07.c"));
        assert_eq!(file("p/a.c", "desk"), None, "a terminal has another directory");
    }
}
