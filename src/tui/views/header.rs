//! The first row: where the reader is, and what is going on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text::clean;
use crate::tui::action::Pane;
use crate::tui::app::{App, Screen};
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::{Phase, Workbench};
use crate::tui::{layout, progress};
use crate::watch::How;

/// Columns of the bar of tests.
const BAR: usize = 16;

/// A part of the row in its forms, the fullest first. An empty form leaves the part out.
struct Part {
    forms: Vec<Vec<Span<'static>>>,
}

impl Part {
    fn new(forms: Vec<Vec<Span<'static>>>) -> Self {
        Self { forms }
    }

    /// There, or not there.
    fn whole(spans: Vec<Span<'static>>) -> Self {
        Self::new(vec![spans, Vec::new()])
    }

    fn columns(&self) -> usize {
        self.forms.first().into_iter().flatten().map(Span::width).sum()
    }

    /// Takes its next shorter form.
    fn give_way(&mut self) {
        if self.forms.len() > 1 {
            self.forms.remove(0);
        }
    }
}

/// The parts from left to right. Those from the seed's on stand at the right end.
struct Row {
    name: Part,
    course: Part,
    place: Part,
    stage: Part,
    tabs: Part,
    ignored: Part,
    seed: Part,
    changes: Part,
    left: Part,
    tests: Part,
    watch: Part,
    clock: Part,
}

pub(super) fn draw(app: &App, covered: bool, area: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let theme = &app.theme;
    let name = vec![Span::styled(" lsfr", theme.style(Look::Focus))];
    let Screen::Workbench(bench) = &app.screen else {
        let mut line = name;
        if matches!(app.screen, Screen::Picker(_)) {
            line.push(Span::styled("  learn how systems work by building them", theme.style(Look::Dim)));
        }
        buffer.set_line(area.x, area.y, &Line::from(line), area.width);
        return;
    };
    let mut row = row(app, covered, bench, name);
    row.fit(usize::from(area.width));
    row.targets(area, targets);
    let [left, right] = row.ends();
    let right = Line::from(right);
    let from = area.width.saturating_sub(right.width() as u16);
    buffer.set_line(area.x, area.y, &Line::from(left), area.width);
    buffer.set_line(area.x + from, area.y, &right, area.width - from);
}

impl Row {
    /// What gives way when there is little room, first to last. The stage, the watch's sign, the clock and the number
    /// of the pane always stay.
    fn fit(&mut self, columns: usize) {
        let order: [fn(&mut Row) -> &mut Part; 12] = [
            |row| &mut row.ignored,
            |row| &mut row.seed,
            |row| &mut row.watch,
            |row| &mut row.changes,
            |row| &mut row.tests,
            |row| &mut row.course,
            |row| &mut row.name,
            |row| &mut row.watch,
            |row| &mut row.left,
            |row| &mut row.place,
            |row| &mut row.tests,
            |row| &mut row.tabs,
        ];
        for part in order {
            // Two columns keep the ends apart, one ends the row.
            if self.all().iter().map(|part| part.columns()).sum::<usize>() + 3 <= columns {
                return;
            }
            part(self).give_way();
        }
    }

    /// The numbers of the panes can be clicked, and the name that follows one of them.
    fn targets(&self, area: Rect, targets: &mut Targets) {
        let before = [&self.name, &self.course, &self.place, &self.stage];
        let mut from = before.into_iter().map(Part::columns).sum::<usize>();
        let mut pane = None;
        for span in self.tabs.forms.first().into_iter().flatten() {
            let number = span.content.trim().parse::<usize>().ok();
            pane = number.and_then(|number| Pane::ALL.get(number.checked_sub(1)?).copied()).or(pane);
            if let Some(pane) = pane {
                let place = Rect { x: area.x + from as u16, width: span.width() as u16, ..area };
                targets.add(place, Target::Tab(pane));
            }
            from += span.width();
        }
    }

    fn all(&self) -> [&Part; 12] {
        [
            &self.name,
            &self.course,
            &self.place,
            &self.stage,
            &self.tabs,
            &self.ignored,
            &self.seed,
            &self.changes,
            &self.left,
            &self.tests,
            &self.watch,
            &self.clock,
        ]
    }

    fn ends(&self) -> [Vec<Span<'static>>; 2] {
        let all = self.all();
        let (left, right) = all.split_at(5);
        let spans = |parts: &[&Part]| parts.iter().filter_map(|part| part.forms.first()).flatten().cloned().collect();
        let right: Vec<Span> = spans(right);
        let mut left: Vec<Span> = spans(left);
        // Whatever comes first keeps its distance from the edge.
        if left.first().is_some_and(|span| !span.content.starts_with(' ')) {
            left.insert(0, Span::raw(" "));
        }
        [left, right.into_iter().chain([Span::raw(" ")]).collect()]
    }
}

fn row(app: &App, covered: bool, bench: &Workbench, name: Vec<Span<'static>>) -> Row {
    let theme = &app.theme;
    let layout = layout::for_size(app.room(), bench);
    // The list of tests says all of it.
    let tests_say = !covered && layout.panes.iter().any(|(pane, _)| *pane == Pane::Tests);
    let dim = theme.style(Look::Dim);
    let progress = progress::of(bench, app.now);
    let (at, of) = (bench.place(&bench.shown) + 1, bench.course.stages.len());
    let seed = bench.run.as_ref().and_then(|run| run.seed);
    let seed = seed.or_else(|| bench.results.get(&bench.shown).map(|results| results.seed));
    let some = |text: String, look: Look| vec![Span::styled(text, theme.style(look))];
    let changes = progress
        .as_ref()
        .filter(|_| !tests_say)
        .map(|progress| progress::changes(progress.changes, theme))
        .unwrap_or_default();
    let left =
        progress.as_ref().filter(|_| !tests_say).and_then(|progress| progress::left(progress.left, progress.phase));
    let clock = progress.as_ref().filter(|progress| !matches!(progress.phase, Phase::LeftUp(_)));
    let clock = clock.filter(|_| bench.elapsed(app.now).is_some()).map(|progress| {
        let seconds = progress.took.as_secs();
        some(format!("  {:02}:{:02}", seconds / 60, seconds % 60), Look::Busy)
    });
    Row {
        name: Part::whole(name),
        course: Part::whole(some(format!("  {}", clean(&bench.course.key)), Look::Text)),
        place: Part::whole(vec![Span::styled(format!("  {at}/{of} "), dim)]),
        stage: Part::new(vec![some(clean(&bench.shown), Look::Strong)]),
        tabs: if layout.hides() { tabs(bench, theme) } else { Part::new(Vec::new()) },
        ignored: Part::whole(ignored(bench, theme)),
        seed: Part::whole(seed.map(|seed| some(format!("  seed {seed}"), Look::Dim)).unwrap_or_default()),
        changes: Part::whole(after(changes)),
        left: Part::whole(left.map(|left| some(format!("  {left}"), Look::Dim)).unwrap_or_default()),
        tests: Part::new(
            progress.filter(|_| !tests_say).map(|progress| tests(progress.tests, theme)).unwrap_or_default(),
        ),
        watch: Part::new(watching(bench, theme).into_iter().map(|span| after(vec![span])).collect()),
        clock: Part::new(vec![clock.unwrap_or_default()]),
    }
}

/// Two columns away from what comes before.
fn after(mut spans: Vec<Span<'static>>) -> Vec<Span<'static>> {
    if !spans.is_empty() {
        spans.insert(0, Span::raw("  "));
    }
    spans
}

/// How far a run is: a bar and the count, or only that.
fn tests(tests: progress::Count, theme: &Theme) -> Vec<Vec<Span<'static>>> {
    let count = progress::count(tests, theme);
    let mut both = progress::bar(tests, theme, BAR);
    if !both.is_empty() {
        both.push(Span::raw(" "));
    }
    both.extend(count.iter().cloned());
    vec![after(both), after(count), Vec::new()]
}

/// Which pane this is among those that are not on the screen, and the keys of the others.
fn tabs(bench: &Workbench, theme: &Theme) -> Part {
    let (mut all, mut one) = (vec![Span::raw("  ")], vec![Span::raw("  ")]);
    for (number, pane) in Pane::ALL.into_iter().enumerate() {
        let number = Span::styled(format!(" {}", number + 1), theme.style(Look::Dim));
        all.push(number.clone());
        if pane == bench.focus {
            let name = Span::styled(format!(" {}", pane.name()), theme.style(Look::Focus));
            all.push(name.clone());
            one.extend([number, name]);
        }
    }
    Part::new(vec![all, one])
}

fn ignored(bench: &Workbench, theme: &Theme) -> Vec<Span<'static>> {
    let ignored = bench.watch.own.ignored();
    if !bench.watch.on || ignored.len() == 0 {
        return Vec::new();
    }
    let more = ignored.len().saturating_sub(2);
    let names: Vec<String> = ignored.take(2).map(|path| clean(&path.display().to_string())).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text = format!("the run writes {}{more}: not watched", names.join(", "));
    vec![Span::raw("  "), Span::styled(text, theme.style(Look::Unsure))]
}

/// Whether saves run the tests: in words, with the number of files, as a sign.
fn watching(bench: &Workbench, theme: &Theme) -> Vec<Span<'static>> {
    let (sign, words, short, look) = match &bench.watch.state {
        _ if !bench.watch.on => (Sign::Nobody, "not watching".to_owned(), "off".to_owned(), Look::Dim),
        None if bench.watch.problem.is_some() => {
            (Sign::Failed, "not watching".to_owned(), "off".to_owned(), Look::Bad)
        }
        None => (Sign::Watching, "looking at the files".to_owned(), String::new(), Look::Dim),
        // Its sentence has been said; what is left is worth watching.
        Some((files, _)) if bench.watch.problem.is_some() => {
            (Sign::Watching, format!("watching {files} files, not all"), files.to_string(), Look::Unsure)
        }
        Some((files, how)) => {
            let word = if *files == 1 { "file" } else { "files" };
            let (words, look) = match how {
                How::Events => (format!("watching {files} {word}"), Look::Good),
                How::Polling(reason) => (format!("polling {files} {word}: {}", clean(reason)), Look::Unsure),
            };
            (Sign::Watching, words, format!("{files} {word}"), look)
        }
    };
    let sign = theme.sign(sign);
    [format!("{sign} {words}"), format!("{sign} {short}").trim_end().to_owned(), sign.to_owned()]
        .map(|text| Span::styled(text, theme.style(look)))
        .to_vec()
}
