//! What becomes of a transaction whose coordinator is gone, or that has not heard what was decided. A leader looks at what
//! its group has prepared and decided, again and again, and so needs to know nothing of what was before it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::super::bug::Bug;
use super::super::groups::{Answer, Ground, GroupId, Question};
use super::super::map::Outcome;
use super::super::record::Operation;
use super::TxnId;
use super::coordinator::tell;
use super::participant::{Committed, Prepared};
use super::step::{Decision, TxnStep};

/// How long a part waits for the decision before it asks.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long all groups together may take to hear a decision.
const TELLING: Duration = Duration::from_secs(3);

/// Gets on with all transactions that nobody else sees to.
pub(in super::super) async fn recover<G: Ground>(ground: &Arc<G>, bug: Bug) {
    if bug == Bug::LocksStay {
        return;
    }
    let (own, transactions) = {
        let map = ground.map().read();
        let own = map.shards.as_ref().map(|shards| shards.group().clone()).unwrap_or_default();
        (own, map.transactions.clone())
    };
    ground.running().retain(|txn| transactions.prepared.contains_key(txn));
    // Side by side: one group that is silent must not hold up what has to do with others.
    let mut all = JoinSet::new();
    for (txn, part) in transactions.prepared {
        let (ground, own) = (ground.clone(), own.clone());
        if !ground.running().is_live(&txn) {
            all.spawn(async move { end_part(&*ground, &own, &txn, &part, bug).await });
        }
    }
    for (txn, Committed { places, .. }) in transactions.committed {
        let ground = ground.clone();
        if !ground.running().is_live(&txn) {
            all.spawn(async move {
                if tell(&*ground, &txn, &places, true, Instant::now() + TELLING).await {
                    ground.running().end(txn);
                }
            });
        }
    }
    while all.join_next().await.is_some() {}
    let txns = ground.running().ended();
    if !txns.is_empty() {
        ground.write(Operation::Transaction(TxnStep::Forget { txns }).into()).await;
    }
}

async fn end_part<G: Ground>(ground: &G, own: &GroupId, txn: &TxnId, part: &Prepared, bug: Bug) {
    if part.coordinator == *own {
        // Nobody coordinates it: who did has crashed, or does not lead any more and can decide nothing.
        abort(ground, txn).await;
        return;
    }
    if ground.running().waited(txn, part.place) < PATIENCE {
        return;
    }
    if matches!(bug, Bug::ParticipantAborts | Bug::ParticipantCommits) {
        let commit = bug == Bug::ParticipantCommits;
        let step = TxnStep::Finish { txn: txn.clone(), place: part.place, commit };
        ground.write(Operation::Transaction(step).into()).await;
        return;
    }
    let question = Question::Fate { txn: txn.clone(), group: own.clone(), place: part.place };
    if let Some((Answer::Fate { commit: Some(commit) }, _)) =
        ground.ask(&part.coordinator, question, Bytes::new()).await
    {
        let step = TxnStep::Finish { txn: txn.clone(), place: part.place, commit };
        ground.write(Operation::Transaction(step).into()).await;
    }
}

async fn abort<G: Ground>(ground: &G, txn: &TxnId) -> Option<Outcome> {
    let decision = Decision::Abort { check_failed: false };
    let step = TxnStep::Decide { txn: txn.clone(), decision };
    ground.write(Operation::Transaction(step).into()).await
}

/// What was decided about the part of a group, as a leader of the coordinator's group knows; `None` if nobody can tell
/// yet. What is prepared nowhere and committed nowhere is aborted: the coordinator's own part comes before all others, and
/// what is committed stays until all have heard.
pub(in super::super) async fn outcome<G: Ground>(
    ground: &G,
    txn: &TxnId,
    group: &GroupId,
    place: u64,
) -> Option<bool> {
    if !ground.catch_up().await {
        return None;
    }
    let committed = || {
        let map = ground.map().read();
        let transactions = &map.transactions;
        let committed = transactions.committed.get(txn).map(|committed| committed.places.get(group) == Some(&place));
        (committed, transactions.prepared.contains_key(txn))
    };
    match committed() {
        (Some(commit), _) => Some(commit),
        (None, true) if ground.running().is_live(txn) => None,
        (None, true) => {
            abort(ground, txn).await?;
            Some(committed().0.unwrap_or(false))
        }
        (None, false) => Some(false),
    }
}
