//! Whatever steps a pack contains, they end, for a reason that lies in the program or in the pack, and release the
//! memory they held. Random trees of all steps that need no node run under tiny budgets, on a clock that advances by
//! itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::budget::Budget;
use super::connection::Connections;
use super::http::Clients;
use super::recorded::Recorded;
use super::steps::{Frame, Interpreter, Shrinking, Timed};
use super::stop::Stop;
use super::verbs::workload::Loads;
use super::*;
use crate::challenge::Unsettled;
use crate::scenario::case::CaseFiles;
use crate::scenario::decode::{self, Surroundings};
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::limits::Limits;
use crate::scenario::memory::Memory;
use crate::scenario::model::Models;
use crate::scenario::verbs::{self, Shape};
use crate::scenario::{Defaults, Step};
use crate::yaml::Source;

const LIMITS: Limits = Limits { steps: 2000, events: 2000, written: 1 << 20, time: Duration::from_secs(3600) };
const MEMORY: u64 = 1 << 20;

/// Runs steps to their end, and says how they ended and how many there were.
async fn run(steps: &[Step], memory: &Arc<Memory>) -> (Result<(), Stop>, u64) {
    let (sink, events) = stream();
    // Nobody reads the events, so nobody waits for them.
    drop(events);
    let (_, nodes) = mpsc::unbounded_channel();
    let folder = tempfile::tempdir().unwrap();
    let run = Run {
        requests: super::http::Numbers::default(),
        began: Instant::now(),
        sink,
        project: folder.path().to_owned(),
        folder: folder.path().to_owned(),
        folder_name: "run".to_owned(),
        guard: PathBuf::new(),
        disk: Arc::new(Disk::containing(folder.path())),
        made: crate::machine::Folder::at(folder.path()),
        seed: 1,
        faults: None,
        nodes: Mutex::new(nodes),
        gone: Mutex::default(),
        went: Notify::new(),
        kept: kept::Kept::default(),
        histories: Mutex::new(0),
        ran: AtomicU32::new(0),
        programs: Programs::default(),
        log: Mutex::default(),
        time: GrantedTime::begin(),
        second_tries: doubt::SecondTries::default(),
        traffic: crate::runner::traffic::Traffic::default(),
        about: crate::scenario::about::About::default(),
        budget: Budget::new(LIMITS, LIMITS),
        messages: Arc::new(crate::messages::Recording::new(folder.path(), Instant::now())),
    };
    let (clients, roles, operations) = (Clients::new(&run.time, &run.requests), BTreeMap::new(), Arc::default());
    let (unsettled, models) = (Unsettled::default(), Models::new());
    let interpreter = Interpreter {
        run: &run,
        cluster: None,
        clients: &clients,
        connections: Connections::default(),
        watch: None,
        roles: &roles,
        operations: &operations,
        models: &models,
        spec: None,
        shrinking: Shrinking::default(),
        loads: Loads::new().0,
        recorded: Recorded::default(),
        marks: super::verbs::traffic::Marks::default(),
        defaults: Defaults::default(),
        key: "1/fuzz/test".to_owned(),
        folder: folder.path().join("test"),
        unsettled: &unsettled,
        timed: Timed::new(false),
    };
    let mut scope = Scope::within(Draw::new("1"), Arc::clone(memory));
    let frame = Frame::default();
    let result = tokio::select! {
        result = interpreter.steps(steps, &mut scope, &frame) => result,
        overrun = run.overrun() => Err(overrun),
        never = run.budget.turns() => match never {},
    };
    (result, run.budget.steps())
}

/// Decodes steps from their text.
fn read(steps: &[Json]) -> Result<Vec<Step>, String> {
    let text = json!({ "tests": [{ "name": "a", "proves": "b", "steps": steps }] }).to_string();
    let tests = decode::tests(&Source::new("tests.yaml", text), &Surroundings::default(), &CaseFiles::new());
    let mut tests = tests.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    Ok(tests.tests.remove(0).steps)
}

fn value() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![
        json!(1),
        json!("$(a)"),
        json!("$(a)$(a)"),
        json!("$(a ~ a)"),
        json!("$([a])"),
        json!("$([a, a])"),
        json!(["$(a)", "$(a)", ["$(a)"]]),
        json!("$([0] * 99999999)"),
        json!("$(range(99999999))"),
        json!("$('x' * 300000)"),
        json!("$(random_text(100000))"),
        json!("$(a | length)"),
        json!("$(a.b)"),
    ])
}

fn count() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![json!(0), json!(1), json!(3), json!(1_000_000_000), json!("$(a)")])
}

fn time() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![json!("0s"), json!("1ms"), json!("30ms"), json!("2s")])
}

/// The examples that the table of verbs has for verbs that need no node and hold no steps, so that a new verb is
/// included. Examples that need what only a pack has cannot be read here.
fn examples() -> Vec<Json> {
    let alone = verbs::verbs().filter(|verb| ["time", "flow"].contains(&verb.group));
    let leaves = alone.filter(|verb| {
        !matches!(verb.takes, Shape::Map(_)) && verb.beside.iter().all(|field| field.shape != Shape::Steps)
    });
    let examples = leaves.map(|verb| serde_yaml::from_str::<Vec<Json>>(verb.example).unwrap());
    examples.filter(|steps| read(steps).is_ok()).map(|steps| json!({ "repeat": 1, "steps": steps })).collect()
}

fn step() -> impl Strategy<Value = Json> {
    let examples = examples();
    assert!(examples.len() > 2, "`set`, `compare` and `wait` at least");
    let leaf = prop_oneof![
        1 => prop::sample::select(examples),
        4 => value().prop_map(|value| json!({ "set": { "a": value } })),
        2 => (value(), value()).prop_map(|(value, is)| json!({ "compare": value, "is": is })),
        1 => time().prop_map(|time| json!({ "wait": time, "because": "it is random" })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let steps = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (count(), steps()).prop_map(|(times, steps)| json!({ "repeat": times, "steps": steps })),
            (count(), steps())
                .prop_map(|(times, steps)| json!({ "repeat": times, "need": { "at_least": 1 }, "steps": steps })),
            (prop::sample::select(vec![json!("$(a)"), json!("$([0] * 99999999)"), json!([1, "$(a)"])]), steps())
                .prop_map(|(items, steps)| json!({ "each": items, "as": "a", "steps": steps })),
            (time(), steps()).prop_map(|(time, steps)| json!({ "eventually": { "within": time, "steps": steps } })),
            (time(), steps()).prop_map(|(time, steps)| json!({ "consistently": { "for": time, "steps": steps } })),
            (count(), 1..64, steps()).prop_map(|(copies, flight, steps)| json!({
                "concurrently": copies, "in_flight": flight, "steps": steps, "keep": "a"
            })),
            (count(), steps(), steps()).prop_map(|(copies, steps, beside)| json!({
                "concurrently": copies, "steps": steps, "while": { "after": 1, "steps": beside }, "at_least": 0
            })),
        ]
    })
}

/// Runs for a few seconds; with `LSFR_FUZZ=50`, fifty times as long.
fn cases() -> u32 {
    let times = std::env::var("LSFR_FUZZ").ok().and_then(|times| times.parse().ok());
    30 * times.unwrap_or(1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 500, ..ProptestConfig::default() })]

    #[test]
    fn steps_end_whatever_they_are(steps in prop::collection::vec(step(), 1..5)) {
        let all: Vec<Json> = std::iter::once(json!({ "set": { "a": 2 } })).chain(steps).collect();
        // What `concurrently` keeps is not a number: such trees are refused, which is right, too.
        let steps = read(&all).map_err(TestCaseError::fail)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let memory = Memory::new(MEMORY);
        let (result, ran) = runtime.block_on(run(&steps, &memory));
        drop(runtime);
        prop_assert!(matches!(result, Ok(()) | Err(Stop::Failed(_) | Stop::Pack(_))), "{result:?}");
        // Each of the copies under way counts one more, which is refused.
        prop_assert!(ran <= LIMITS.steps + 64, "{ran} steps");
        prop_assert_eq!(memory.taken(), 0);
    }
}
