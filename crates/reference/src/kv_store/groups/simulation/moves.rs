//! Groups join and leave while clients read and write.

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::sleep;

use super::super::super::map::Outcome;
use super::super::super::record::{Command, Condition, Operation, RequestId};
use super::super::plan::Changed;
use super::super::step::Step;
use super::super::{GroupId, Whereabouts};
use super::checks::Seen;
use super::{Bug, Ground, Seed, World, members, ms, seeds, simulated};

/// Requests that clients repeat, each with what was answered first.
type Answered = BTreeMap<u64, (Command, Outcome)>;

/// A client that asks one thing after the other, each at the group that is said to have the key.
async fn client(world: Arc<World>, number: u64) {
    let mut answered = Answered::new();
    for request in 0.. {
        sleep(ms(1 + world.below(150))).await;
        let key: Arc<str> = format!("key-{}", world.below(40)).into();
        if world.one_in(3) {
            read(&world, &key).await;
            continue;
        }
        let repeated = answered.values().nth(world.below(20) as usize).cloned();
        let (command, first) = match repeated {
            Some((command, outcome)) if world.one_in(4) => (command, Some(outcome)),
            _ => (command(&world, key, number * 1_000_000 + request), None),
        };
        let Some(outcome) = write(&world, &command).await else { continue };
        if !matches!(outcome, Outcome::Done | Outcome::Stored(_) | Outcome::ConditionFailed) {
            continue;
        }
        if let Some(first) = first {
            assert_eq!(outcome, first, "a repeat of {command:?} has another answer");
        }
        if command.id.is_some() {
            answered.insert(request, (command, outcome));
        }
    }
}

fn command(world: &World, key: Arc<str>, number: u64) -> Command {
    let operation = match world.one_in(3) {
        true => Operation::Delete { key },
        // Some are larger than one part of a slot.
        false => {
            let times = if world.one_in(30) { 100_000 } else { 1 };
            Operation::Put { key, value: Bytes::from(format!("{number} ").repeat(times)) }
        }
    };
    let condition = if world.one_in(5) { Condition::Missing } else { Condition::None };
    let id = world.one_in(2).then(|| RequestId { id: number.to_string().into(), at: 0 });
    Command { operation, condition, id }
}

/// Follows what groups say of a key, like a client that is redirected.
fn find(world: &World, key: &str) -> Option<GroupId> {
    let mut group = world.any_group();
    for _ in 0..5 {
        let whereabouts = world.leader(&group)?.map().read().whereabouts(key, world.bug);
        match whereabouts {
            Whereabouts::Here => return Some(group),
            Whereabouts::At(other) => group = other,
            Whereabouts::Moving => return None,
        }
    }
    None
}

async fn write(world: &World, command: &Command) -> Option<Outcome> {
    let group = find(world, command.operation.key()?)?;
    world.leader(&group)?.write(command.clone()).await
}

async fn read(world: &World, key: &str) -> Option<()> {
    let group = find(world, key)?;
    let leader = world.leader(&group)?;
    if leader.catch_up().await {
        let state = leader.map().read();
        if state.whereabouts(key, world.bug) == Whereabouts::Here {
            world.inner().checks.read(&group, &state, key);
        }
    }
    Some(())
}

/// Groups come and go, each change when the one before it is done.
async fn operator(world: Arc<World>) {
    loop {
        sleep(ms(world.below(1500))).await;
        let group = world.any_group();
        let step = match world.one_in(2) {
            true => Step::Join { group: group.clone(), members: members(&group) },
            false => Step::Leave { group },
        };
        if let Some(keeper) = world.leader("g1") {
            let changed = keeper.write(Operation::Step(step).into()).await;
            assert!(changed.is_none() || matches!(changed, Some(Outcome::Planned(_))), "{changed:?}");
            if changed == Some(Outcome::Planned(Changed::Moving)) {
                sleep(ms(world.below(4000))).await;
            }
        }
    }
}

fn run(seed: u64, bug: Bug) -> Seen {
    let _told = Seed(seed);
    simulated(async {
        let world = World::new(seed, [2, 4], 25, bug);
        let clients: Vec<_> = (0..4).map(|number| tokio::spawn(client(world.clone(), number))).collect();
        let operator = tokio::spawn(operator(world.clone()));
        world.break_for(ms(60_000), 1500).await;
        operator.abort();
        sleep(ms(20_000)).await;
        for client in clients {
            // One that has ended has failed.
            match client.is_finished() {
                true => client.await.expect("clients go on for ever"),
                false => client.abort(),
            }
        }
        world.assert_settled()
    })
}

#[test]
fn whatever_breaks_each_key_has_one_owner_with_all_of_it_and_afterwards_all_is_settled() {
    let mut seen = Seen::default();
    for seed in seeds(30) {
        seen.add(run(seed, Bug::None));
    }
    let runs = seeds(30).count();
    println!("{runs} runs: {seen:?}");
    assert!(seen.changes > 300 * runs && seen.reads > 200 * runs && seen.arrivals > 30 * runs, "{seen:?}");
}

/// The simulation is worth something only if it finds what is wrong.
#[test]
fn runs_with_faults_find_what_breaks_moves() {
    let bugs = [
        Bug::OwnerCheckedOnArrival,
        Bug::CopiedBeforeFrozen,
        Bug::NewOwnerTooEarly,
        Bug::EtagsNotMoved,
        Bug::IdsNotMoved,
        Bug::EtagIsLogIndex,
        Bug::MovesEndWithLeader,
        Bug::DeletionsNotMoved,
        Bug::ReturnedSlotRefused,
        Bug::DroppedBeforeHandedOver,
        Bug::LeaveForgetsSome,
    ];
    for bug in bugs {
        let found = (0..60).find(|seed| catch_unwind(|| run(*seed, bug)).is_err());
        println!("{bug:?}: seed {found:?}");
        assert!(found.is_some(), "{bug:?} is not found");
    }
}
