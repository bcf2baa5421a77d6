//! What the leader of a group does for plans and moves, again and again.
//!
//! It never notes what it has done so far: each time it looks at the plan and at what its group holds, and does what is
//! next. So whoever leads next goes on where the last one ended, wherever that was. A slot moves in four steps, each of
//! which is an entry in a log:
//!
//! 1. The old owner freezes it. From there on it is read and written by nobody.
//! 2. The new owner takes what it holds, part by part: values with their versions, and what was answered to requests with
//!    an Idempotency-Key. With the last part it serves the slot.
//! 3. The old owner lets go of it.
//! 4. The keeper notes in the plan that it has arrived.
//!
//! No step is taken before the one before it is committed. So at most one group serves a slot, and one always has all of
//! it.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::super::bug::Bug;
use super::super::map::Outcome;
use super::super::record::{Command, Operation};
use super::super::transactions::{self, Part, TxnStep};
use super::ground::Ground;
use super::holding::Hold;
use super::plan::Move;
use super::step::Step;
use super::wire::{Answer, Question};

/// Does what is next, as far as it can be done now.
pub(super) async fn tend<G: Ground>(ground: &G, bug: Bug) {
    let Some((group, keeps_plan, plan)) = ground.map().read().shards.as_ref().map(|shards| {
        let plan = shards.plan();
        (shards.group().clone(), shards.keeps_plan(), plan.clone())
    }) else {
        return;
    };
    if !keeps_plan {
        let question = Question::Plan { group: group.clone(), version: plan.version() };
        if let Some((Answer::Plan(plan), _)) = ground.ask(plan.keeper(), question, Bytes::new()).await {
            ground.write(step(Step::Adopt { plan })).await;
        }
    } else if !plan.is_settled() && plan.moves().next().is_none() {
        let others = plan.everyone().map(|(other, _)| other).filter(|other| **other != group);
        if ground.heard().everyone(others, plan.version()) {
            ground.write(step(Step::Settle { version: plan.version() })).await;
        }
    }
    let moves: Vec<Move> = match &ground.map().read().shards {
        Some(shards) => shards.plan().moves().filter(|one| one.from == group).collect(),
        None => return,
    };
    for one in moves {
        if carry(ground, &one, bug).await.is_none() {
            return;
        }
    }
}

/// Carries one slot over. `None` if that does not get on now.
async fn carry<G: Ground>(ground: &G, one: &Move, bug: Bug) -> Option<()> {
    let Move { slot, to, number, .. } = one.clone();
    let hold = || ground.map().read().shards.as_ref().map(|shards| shards.hold(slot).clone());
    let copied = match bug {
        Bug::CopiedBeforeFrozen => Some(ground.map().read().parts(slot, number, bug)?),
        _ => None,
    };
    if let Hold::Here { .. } = hold()? {
        // Nobody would serve it for as long as the new owner cannot be reached.
        ground.ask(&to, Question::Leader, Bytes::new()).await?;
        if copied.is_some() {
            // Widens the window: a larger slot takes as long.
            sleep(Duration::from_millis(50)).await;
        }
        ground.write(step(Step::Freeze { slot, to: to.clone(), number })).await?;
        ground.heard().froze(slot, number);
    }
    if let Hold::Leaving { .. } = hold()? {
        if bug == Bug::MovesEndWithLeader {
            // Widens the window: somebody is to end this process in it.
            sleep(Duration::from_millis(60)).await;
            ground.heard().has_frozen(slot, number).then_some(())?;
        }
        let parts = match copied {
            Some(parts) => parts,
            None => ground.map().read().parts(slot, number, bug)?,
        };
        if bug == Bug::DroppedBeforeHandedOver {
            ground.write(step(Step::Release { slot, number })).await?;
            // As above.
            sleep(Duration::from_millis(60)).await;
        }
        hand_over(ground, one, &parts).await?;
        ground.write(step(Step::Release { slot, number })).await?;
    }
    match hold()? {
        Hold::Gone { number: gone, .. } if gone == number => report(ground, one).await,
        _ => None,
    }
}

async fn hand_over<G: Ground>(ground: &G, one: &Move, parts: &[Bytes]) -> Option<()> {
    let Move { slot, to, number, .. } = one;
    let mut part = 0;
    while let Some(contents) = parts.get(part) {
        let last = part + 1 == parts.len();
        let question = Question::Install { slot: *slot, number: *number, part: part as u64, last };
        match ground.ask(to, question, contents.clone()).await?.0 {
            Answer::Done => part += 1,
            Answer::Wanted { part: wanted } => part = wanted as usize,
            _ => return None,
        }
    }
    Some(())
}

async fn report<G: Ground>(ground: &G, one: &Move) -> Option<()> {
    let Move { slot, number, .. } = *one;
    let keeper = {
        let map = ground.map().read();
        let shards = map.shards.as_ref()?;
        (!shards.keeps_plan()).then(|| shards.plan().keeper().clone())
    };
    match keeper {
        None => ground.write(step(Step::Moved { slot, number })).await.map(|_| ()),
        Some(keeper) => {
            let (answer, _) = ground.ask(&keeper, Question::Moved { slot, number }, Bytes::new()).await?;
            (answer == Answer::Done).then_some(())
        }
    }
}

fn step(step: Step) -> Command {
    Operation::Step(step).into()
}

/// Answers, as a leader, what the leader of another group asks.
pub(super) async fn answer<G: Ground>(ground: &G, question: Question, contents: Bytes, bug: Bug) -> (Answer, Bytes) {
    let taken = match question {
        Question::Leader => return (Answer::Done, Bytes::new()),
        Question::Plan { group, version } => {
            ground.heard().note(group, version);
            let map = ground.map().read();
            let newer = map.shards.as_ref().map(|shards| shards.plan()).filter(|plan| plan.version() > version);
            return (newer.map_or(Answer::Done, |plan| Answer::Plan(plan.clone())), Bytes::new());
        }
        Question::Shown => {
            if !ground.catch_up().await {
                return (Answer::NotLeading, Bytes::new());
            }
            let shown = ground.map().read().shards.as_ref().map(|shards| shards.plan().shown(true, bug));
            return (Answer::Shown, shown.unwrap_or_default().into());
        }
        Question::Prepare { txn, coordinator, ops, wait } => {
            let about = transactions::Step { txn: &txn, coordinator: &coordinator };
            let answer = match transactions::prepare(ground, &about, &ops, None, wait, bug).await {
                Part::Prepared { place, results } => Answer::Prepared { place, results },
                Part::CheckFailed => Answer::CheckFailed,
                Part::Locked => Answer::Locked,
                Part::NotHere => Answer::NotHere,
                Part::Answered(_) | Part::Unknown => Answer::NotLeading,
            };
            return (answer, Bytes::new());
        }
        Question::Fate { txn, group, place } => {
            let commit = transactions::outcome(ground, &txn, &group, place).await;
            return (Answer::Fate { commit }, Bytes::new());
        }
        Question::Finish { txn, place, commit } => {
            Operation::Transaction(TxnStep::Finish { txn, place, commit }).into()
        }
        Question::Moved { slot, number } => step(Step::Moved { slot, number }),
        Question::Install { slot, number, part, last } => step(Step::Install { slot, number, part, last, contents }),
    };
    let answer = match ground.write(taken).await {
        Some(Outcome::Done) => Answer::Done,
        Some(Outcome::Wanted(part)) => Answer::Wanted { part },
        _ => Answer::NotLeading,
    };
    (answer, Bytes::new())
}
