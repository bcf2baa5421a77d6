//! The operations of a queue.

use super::super::kind::{OperationKind, Stat, Takes};
use super::super::operation::Outcome;

/// What all operations on a job by its number have in common: it may not be there, or not for this worker.
const OF_A_JOB: OperationKind = OperationKind {
    takes: &[Takes::Job],
    outcomes: &[Outcome::Ok, Outcome::Absent],
    must_tell: &[Outcome::Absent],
    ..OperationKind::PLAIN
};

/// What all operations that show a job have in common.
const SHOWN: OperationKind = OperationKind {
    outcomes: OF_A_JOB.outcomes,
    must_tell: OF_A_JOB.must_tell,
    reads: true,
    tells_job: true,
    ..OperationKind::PLAIN
};

pub(crate) const OPERATIONS: &[OperationKind] = &[
    OperationKind {
        word: "put",
        takes: &[Takes::Value, Takes::Priority, Takes::Delay, Takes::TimeToRun],
        changes: true,
        tells_job: true,
        doc: "Makes a job in the tube that the worker uses; the value is its body.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "reserve",
        changes: true,
        reads: true,
        tells_job: true,
        doc: "Takes the first job of the tubes that the worker watches. It is asked only where there is one.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "reserve_now",
        changes: true,
        reads: true,
        tells_job: true,
        outcomes: &[Outcome::Ok, Outcome::Empty, Outcome::Soon],
        must_tell: &[Outcome::Empty],
        doc: "The same, without waiting for one.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "reserve_job",
        changes: true,
        reads: true,
        tells_job: true,
        doc: "Takes this job, which nobody may have reserved.",
        ..OF_A_JOB
    },
    OperationKind { word: "delete", changes: true, doc: "Ends a job that nobody else has reserved.", ..OF_A_JOB },
    OperationKind {
        word: "release",
        takes: &[Takes::Job, Takes::Priority, Takes::Delay],
        changes: true,
        doc: "Gives back a job that the worker has reserved.",
        ..OF_A_JOB
    },
    OperationKind {
        word: "bury",
        takes: &[Takes::Job, Takes::Priority],
        changes: true,
        doc: "Sets aside a job that the worker has reserved.",
        ..OF_A_JOB
    },
    OperationKind { word: "touch", changes: true, doc: "Begins the time to run anew.", ..OF_A_JOB },
    OperationKind {
        word: "kick",
        takes: &[Takes::Count],
        changes: true,
        reads: true,
        doc: "Makes so many buried jobs of the used tube ready, or, where none is buried, delayed ones. The value is their number.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "kick_job",
        changes: true,
        doc: "Makes this job ready, which is buried or delayed.",
        ..OF_A_JOB
    },
    OperationKind { word: "peek", doc: "Shows a job.", takes: &[Takes::Job], ..SHOWN },
    OperationKind { word: "peek_ready", doc: "Shows the first job of the used tube.", ..SHOWN },
    OperationKind { word: "peek_delayed", doc: "Shows the delayed job of the used tube that is due first.", ..SHOWN },
    OperationKind { word: "peek_buried", doc: "Shows the job of the used tube that was buried first.", ..SHOWN },
    OperationKind {
        word: "use",
        takes: &[Takes::Tube],
        changes: true,
        reads: true,
        doc: "The worker uses this tube from now on. The value is its name.",
        ..OperationKind::PLAIN
    },
    OperationKind { word: "used", reads: true, doc: "Asks which tube the worker uses.", ..OperationKind::PLAIN },
    OperationKind {
        word: "watch",
        takes: &[Takes::Tube],
        changes: true,
        reads: true,
        doc: "The worker watches this tube, too. The value is how many it watches now.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "ignore",
        takes: &[Takes::Tube],
        changes: true,
        reads: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "The worker watches this tube no more; unmet if it would watch none.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "watched",
        reads: true,
        doc: "Asks which tubes the worker watches. The value is their names, sorted, with blanks between them.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "pause",
        takes: &[Takes::Tube, Takes::Seconds],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: &[Outcome::Absent],
        doc: "Gives nobody a job of this tube for so many seconds.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "stats_job",
        stats: &[
            Stat::State,
            Stat::Tube,
            Stat::Priority,
            Stat::TimeToRun,
            Stat::Delay,
            Stat::Reserves,
            Stat::Timeouts,
            Stat::Releases,
            Stat::Buries,
            Stat::Kicks,
        ],
        doc: "Tells of a job.",
        ..OF_A_JOB
    },
    OperationKind {
        word: "stats_tube",
        takes: &[Takes::Tube],
        stats: OF_MANY,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: &[Outcome::Absent],
        doc: "Counts the jobs of a tube.",
        ..OperationKind::PLAIN
    },
    OperationKind { word: "stats", stats: OF_MANY, doc: "Counts all jobs.", ..OperationKind::PLAIN },
    OperationKind {
        word: "disconnect",
        changes: true,
        leaves: true,
        doc: "The worker goes away: what it had reserved is ready again. It comes back as a new one when it asks again.",
        ..OperationKind::PLAIN
    },
];

const OF_MANY: &[Stat] = &[Stat::Ready, Stat::Urgent, Stat::Reserved, Stat::Delayed, Stat::Buried, Stat::Total];
