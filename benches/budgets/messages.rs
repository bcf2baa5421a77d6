//! The view of messages: a key and the frame that answers it, over a record of a million.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use lsfr::report::records;

use super::window::Window;
use super::{LSFR, Result, Row, app, milliseconds, project};

const STAGE: &str = "leader-election";
const TEST: &str = "A leader stays while nothing fails";
/// Questions and their answers together.
const MESSAGES: u32 = 1_000_000;
const KEYS: usize = 100;
/// A segment is not filled further.
const SEGMENT: u32 = 16 << 20;

/// From a key to its frame: to the end of the record, to its beginning, a question unfolded, half a page.
pub(super) fn key() -> Result<Vec<Row>> {
    let project = project()?;
    // A run of its own, whose record is then another. One node alone would say nothing to anybody.
    Command::new(LSFR).args(["test", STAGE, "--only", TEST]).current_dir(project.path()).output()?;
    let run = records::latest(project.path()).ok_or("there was no run")?;
    record(&run.folder)?;
    let mut window = Window::open_at(project.path(), app::LARGE)?;
    window.shows("watching")?;
    // The sixth stage of the list.
    window.press("1jjjjj\r")?;
    window.shows(&format!("6/25 {STAGE}"))?;
    window.press("4")?;
    // Not before the run is known.
    window.shows("M messages")?;
    let began = Instant::now();
    window.press("M")?;
    window.shows("exchanges")?;
    let opened = milliseconds(began.elapsed());
    let mut figures = Vec::new();
    for _ in 0..KEYS {
        for (key, shown) in [("g", "/the-first"), ("G", "/the-last"), (" ", "/the-last")] {
            let began = Instant::now();
            let before = window.text();
            window.press(key)?;
            window.until(shown, |screen| screen.contains(shown) && *screen != before)?;
            figures.push(milliseconds(began.elapsed()));
        }
    }
    figures.sort_by(f64::total_cmp);
    let made_of = format!(
        "p99 of {} keys; median {:.1} ms; opened after {:.1} s",
        figures.len(),
        figures[figures.len() / 2],
        opened / 1e3
    );
    let figure = figures[figures.len() * 99 / 100 - 1];
    Ok(vec![Row { what: "key to frame over a million messages", figure, budget: 16.0, unit: "ms", made_of }])
}

/// A record as its format describes it, with as many segments as it takes. No two messages in a row are alike.
fn record(run: &Path) -> Result<()> {
    let mut number = 0;
    let mut segment = 1;
    while number < MESSAGES {
        let name = |end: &str| match segment {
            1 => format!("messages.{end}"),
            _ => format!("messages-{segment}.{end}"),
        };
        let mut lines = BufWriter::new(File::create(run.join(name("jsonl")))?);
        let mut index = BufWriter::new(File::create(run.join(name("index")))?);
        let mut length = 0;
        let mut line = |lines: &mut BufWriter<File>, text: &str| -> Result<u32> {
            let begins = length;
            length += u32::try_from(text.len())? + 1;
            writeln!(lines, "{text}")?;
            Ok(begins)
        };
        line(&mut lines, &format!("{{\"messages\":1,\"nodes\":[\"n1\",\"n2\",\"n3\"],\"first\":{number}}}"))?;
        while number < MESSAGES {
            let message = line(&mut lines, &told(number))?;
            let fate =
                line(&mut lines, &format!("{{\"id\":{number},\"at\":{},\"fate\":\"handed-over\"}}", at(number)))?;
            index.write_all(&row(number, message, fate))?;
            number += 1;
            if fate > SEGMENT {
                break;
            }
        }
        lines.flush()?;
        index.flush()?;
        segment += 1;
    }
    Ok(())
}

/// Seconds: one each 20 µs.
fn at(number: u32) -> f64 {
    f64::from(number) * 20e-6
}

fn told(number: u32) -> String {
    let (exchange, at) = (number / 2, at(number));
    let path = match number {
        0 => "/the-first",
        _ if number + 2 >= MESSAGES => "/the-last",
        _ => "/raft/append",
    };
    let (from, to, kind) = match number % 2 {
        0 => ("n1", "n2", format!("\"kind\":\"http-request\",\"method\":\"POST\",\"path\":\"{path}\"")),
        _ => ("n2", "n1", "\"kind\":\"http-answer\",\"status\":200".to_owned()),
    };
    format!(
        "{{\"id\":{number},\"connection\":1,\"exchange\":{exchange},\"from\":\"{from}\",\"to\":\"{to}\",\"began\":{at},\
         \"came\":{at},\"bytes\":80,{kind},\"length\":10,\"body\":\"{{\\\"term\\\":1}}\"}}"
    )
}

fn row(number: u32, message: u32, fate: u32) -> [u8; 40] {
    let mut row = [0; 40];
    let micros = u64::from(number) * 20;
    row[0..8].copy_from_slice(&micros.to_le_bytes());
    row[8..16].copy_from_slice(&micros.max(1).to_le_bytes());
    row[16..20].copy_from_slice(&message.to_le_bytes());
    row[20..24].copy_from_slice(&fate.to_le_bytes());
    // Alike to no other: a million rows.
    row[24..28].copy_from_slice(&(number / 2).to_le_bytes());
    row[28..32].copy_from_slice(&1_u32.to_le_bytes());
    row[32..36].copy_from_slice(&(number / 2 + 1).to_le_bytes());
    let from = (number % 2) as u8;
    (row[36], row[37], row[38], row[39]) = (from, 1 - from, from, 1);
    row
}
