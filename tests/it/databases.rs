//! Histories of transactions on real databases: PostgreSQL at its three levels of isolation, and SQLite. What each level
//! is known for must be seen, and what it promises must hold.

mod postgres;

use std::env;
use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use history::{Action, History, Lists, Operation, Outcome, Step};

use self::postgres::{Connection, Failure, Postgres};
use crate::support::run;

/// Whether a program that the test needs is installed; fails if all programs must be and this one is not.
fn is_here(what: &str, found: bool) -> bool {
    if found {
        return true;
    }
    assert!(env::var_os("LSFR_ALL_PROGRAMS").is_none(), "{what} is not installed, and LSFR_ALL_PROGRAMS is set");
    eprintln!("{what} is not installed here: it was not tried");
    false
}

const CLIENTS: u32 = 8;
const TRANSACTIONS: u32 = 50;
/// A prime, so that steps of any width reach different keys: what a transaction reads twice is another matter.
const KEYS: u64 = 5;

/// How a client appends an element.
#[derive(Debug, Clone, Copy)]
enum Append {
    /// In one statement.
    AtOnce,
    /// As programs do that read a value, change it and write it back.
    ReadThenWrite,
}

/// A stream of numbers, the same for a seed on every machine (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Clients append to lists and read them, all at once; then all lists are read.
fn load(postgres: &Postgres, level: &str, append: Append, round: u64) -> History {
    let mut setup = postgres.connect();
    setup.query("DROP TABLE IF EXISTS lists").unwrap();
    setup.query("CREATE TABLE lists (key int PRIMARY KEY, value text NOT NULL)").unwrap();
    setup.query(&format!("INSERT INTO lists SELECT key, '' FROM generate_series(0, {}) AS key", KEYS - 1)).unwrap();
    let began = Instant::now();
    let (operations, lists) = (Mutex::new(Vec::new()), Mutex::new(Lists::default()));
    let client = |client: u32| {
        let mut numbers = Numbers(round << 32 | u64::from(client));
        let mut connection = postgres.connect();
        for number in 0..TRANSACTIONS {
            let (first, width) = (numbers.below(KEYS), 1 + numbers.below(KEYS - 1));
            let steps: Vec<Step> = (0..2 + numbers.below(3))
                .map(|step| {
                    let key = ((first + step * width) % KEYS).to_string().into();
                    match numbers.below(2) {
                        0 => Step::Get { key, list: history::List::default() },
                        _ => Step::Append { key, element: format!("{client}-{number}-{step}").into() },
                    }
                })
                .collect();
            let called = began.elapsed();
            let done = transaction(&mut connection, level, append, &steps, &lists);
            let returned = Some(began.elapsed());
            let (outcome, steps, note) = match done {
                Ok(done) => (Outcome::Ok, done, None),
                // The server says that it undid everything.
                Err(Failure { code, .. }) => (Outcome::No, steps, Some(code)),
            };
            let action = Action::Transaction { steps };
            let operation = Operation { client, node: None, key: "".into(), action, called, returned, outcome, note };
            operations.lock().unwrap().push(operation);
        }
    };
    thread::scope(|scope| (0..CLIENTS).for_each(|number| drop(scope.spawn(move || client(number)))));
    let all: Vec<Step> =
        (0..KEYS).map(|key| Step::Get { key: key.to_string().into(), list: history::List::default() }).collect();
    let called = began.elapsed();
    let steps = transaction(&mut setup, level, append, &all, &lists).unwrap();
    let mut operations = operations.into_inner().unwrap();
    operations.push(Operation {
        client: CLIENTS,
        node: None,
        key: "".into(),
        action: Action::Transaction { steps },
        called,
        returned: Some(began.elapsed()),
        outcome: Outcome::Ok,
        note: None,
    });
    History { operations, ..History::default() }
}

/// Does the steps in one transaction. What was read, or why nothing was done.
fn transaction(
    connection: &mut Connection,
    level: &str,
    append: Append,
    steps: &[Step],
    lists: &Mutex<Lists>,
) -> Result<Vec<Step>, Failure> {
    connection.query(&format!("BEGIN ISOLATION LEVEL {level}"))?;
    let done: Result<Vec<Step>, Failure> = steps.iter().map(|step| one(connection, append, step, lists)).collect();
    let done = done.and_then(|done| connection.query("COMMIT").map(|_| done));
    if done.is_err() {
        connection.query("ROLLBACK")?;
    }
    done
}

fn one(connection: &mut Connection, append: Append, step: &Step, lists: &Mutex<Lists>) -> Result<Step, Failure> {
    let key = step.key();
    let read = |connection: &mut Connection| {
        connection.query(&format!("SELECT value FROM lists WHERE key = {key}")).map(|rows| rows.concat())
    };
    match step {
        Step::Get { .. } => {
            let value = read(connection)?;
            let list = lists.lock().unwrap().list(key, value.split_whitespace().map(Into::into));
            Ok(Step::Get { key: key.clone(), list })
        }
        Step::Append { element, .. } => {
            let value = match append {
                Append::AtOnce => format!("value || ' {element}'"),
                Append::ReadThenWrite => format!("'{} {element}'", read(connection)?),
            };
            connection.query(&format!("UPDATE lists SET value = {value} WHERE key = {key}"))?;
            Ok(step.clone())
        }
    }
}

/// What `lsfr check-history --serializable` says of a history: its exit status and its words.
fn judged(history: &History) -> (i32, String) {
    let dir = tempfile::tempdir().unwrap();
    history.write(std::io::BufWriter::new(File::create(dir.path().join("history.jsonl")).unwrap())).unwrap();
    let said = run(dir.path(), ["check-history", "--serializable", "history.jsonl"]);
    (said.code.unwrap(), said.out)
}

/// The first violation that a level lets through, within a minute.
fn first_violation(postgres: &Postgres, level: &str, append: Append) -> String {
    let began = Instant::now();
    for round in 0.. {
        let (code, said) = judged(&load(postgres, level, append, round));
        if code == 1 {
            eprintln!("PostgreSQL, {level}, {append:?}, round {round}:\n{said}");
            return said;
        }
        assert_eq!(code, 0, "{said}");
        assert!(began.elapsed() < Duration::from_secs(60), "{level} kept every promise in {round} rounds");
    }
    unreachable!()
}

#[test]
fn postgresql_shows_what_each_level_is_known_for() {
    let programs = postgres::programs();
    if !is_here("PostgreSQL", programs.is_some()) {
        return;
    }
    let programs = programs.unwrap();
    let postgres = Postgres::start(&programs);

    // Each statement sees what was committed before it: a transaction sees half of another one.
    let said = first_violation(&postgres, "READ COMMITTED", Append::AtOnce);
    assert!(said.contains("(G-single)"), "{said}");
    // And who writes back what was read long before overwrites what came in between.
    let said = first_violation(&postgres, "READ COMMITTED", Append::ReadThenWrite);
    assert!(said.contains("lost update (G-single)") || said.contains("incompatible order"), "{said}");

    // Snapshots: what two transactions write without having seen each other's, and nothing else.
    for append in [Append::AtOnce, Append::ReadThenWrite] {
        let said = first_violation(&postgres, "REPEATABLE READ", append);
        assert!(said.contains("write skew (G2)"), "{said}");
    }

    for (round, append) in [Append::AtOnce, Append::ReadThenWrite, Append::AtOnce].into_iter().enumerate() {
        let (code, said) = judged(&load(&postgres, "SERIALIZABLE", append, round as u64));
        eprintln!("PostgreSQL, SERIALIZABLE, {append:?}:\n{said}");
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("All transactions fit in one order"), "{said}");
    }
}

#[test]
fn sqlite_keeps_its_promise() {
    let python = Command::new("python3").args(["-c", "import sqlite3"]).stderr(Stdio::null()).status();
    if !is_here("python3 with sqlite3", python.is_ok_and(|status| status.success())) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let history = File::create(dir.path().join("history.jsonl")).unwrap();
    let load = Command::new("python3")
        .args(["-c", include_str!("../programs/sqlite_lists.py"), "lists.db"])
        .current_dir(dir.path())
        .stdout(history)
        .status();
    assert!(load.unwrap().success());
    // Strictly: in real time, too.
    let said = run(dir.path(), ["check-history", "history.jsonl"]).exits(0);
    said.says(&["All transactions fit in one order, also in real time"]);
}
