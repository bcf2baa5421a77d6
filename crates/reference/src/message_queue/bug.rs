//! The seeded bugs: mistakes that learners make, each switched on by its name. A bug shows in its stage and in no
//! earlier one.

use crate::SeededBug;

seeded_bugs! {
    "put-and-reserve" {
        LengthInCharacters "length-in-characters" "The size in RESERVED counts characters, not bytes."
        BodiesAreText "bodies-are-text" "A body is decoded as UTF-8: what is none is replaced."
        IdsOfTheLiving "ids-of-the-living" "A new id is one more than the highest of the jobs that are there."
        BodyEndsAtLine "body-ends-at-line" "A body ends at its first line end, whatever the number said."
        OneCommandAPacket "one-command-a-packet" "What a packet holds after its first command is thrown away."
        DeleteByAnyone "delete-by-anyone" "A job that another worker holds can be deleted."
        DeleteOnlyReserved "delete-only-reserved" "A job that nobody holds cannot be deleted."
        BodyEndsInOnePacket "body-ends-in-one-packet" "A long body whose line end has come by half is taken to have none."
        OneWriteAtATime "one-write-at-a-time" "While a client does not read, answers to others are not written."
    }
    "errors" {
        LineFeedEndsLine "line-feed-ends-line" "A line feed alone ends a line."
        ExtraArgumentsIgnored "extra-arguments-ignored" "What comes after the last argument is not looked at."
        NumbersWrap "numbers-wrap" "Numbers beyond 32 bits lose their upper bits."
        BodyEndUnchecked "body-end-unchecked" "The two bytes after a body are taken for a line end without a look."
        TooBigReadAsCommands "too-big-read-as-commands" "The body of a job that is too big is read as commands."
        AnyonesBytesSkipped "anyones-bytes-skipped" "What is left of a body that is too big is skipped on whatever connection speaks next."
    }
    "blocking-reserve" {
        PollsEachSecond "polls-each-second" "Who waits is looked after once a second."
        GoneWaiterGetsJob "gone-waiter-gets-job" "A connection that ends while it waits stays in the list, and gets a job."
        TimedOutWaitsOn "timed-out-waits-on" "A connection that was told TIMED_OUT stays in the list, and gets a job."
        TimedOutSleeps "timed-out-sleeps" "After TIMED_OUT what has come already is looked at when more comes."
    }
    "priorities" {
        PriorityIgnored "priority-ignored" "Jobs come in the order of their ids."
        PriorityAsText "priority-as-text" "Priorities are compared as texts."
        PeekReserves "peek-reserves" "A job that was looked at is reserved."
        PeekShowsNewest "peek-shows-newest" "peek-ready shows the ready job that was put last."
    }
    "time-to-run" {
        ZeroTimeToRun "zero-time-to-run" "A time to run of 0 is over at once."
        FormerHolderMay "former-holder-may" "Any connection may touch, release and bury a reserved job."
        FirstDeadlineStays "first-deadline-stays" "The deadline of a job's first reservation stays for later ones."
        TouchAddsUp "touch-adds-up" "touch adds the time to run to the old deadline."
        ResetKeepsJobs "reset-keeps-jobs" "A connection that is reset keeps its jobs until their time is over."
        QuitKeepsJobs "quit-keeps-jobs" "A connection that says quit keeps its jobs until their time is over."
        TouchDoesNothing "touch-does-nothing" "touch is answered and changes nothing."
        ExpiredLast "expired-last" "A job whose time is over goes after all others."
        NeverWarned "never-warned" "There is no DEADLINE_SOON."
        TouchKeepsPlace "touch-keeps-place" "A touched job has a new deadline, and its old place among the deadlines."
        WarnedOfFirst "warned-of-first" "A worker is warned of the first of its jobs alone."
        TimeToRunIn32Bits "time-to-run-in-32-bits" "A time to run in milliseconds has 32 bits."
        GoneWorkerKeepsJobs "gone-worker-keeps-jobs" "A connection's jobs stay reserved when it ends, until their time is over."
        GoneWaiterKeepsJobs "gone-waiter-keeps-jobs" "The same, if it ends while it waits for another job."
    }
    "delays" {
        DelayIn32Bits "delay-in-32-bits" "The moment at which a delay is over has 32 bits."
        DelayedByPriority "delayed-by-priority" "Delayed jobs stand in the order of their priorities, and the first holds up the others."
        DelayedReleaseKeepsPriority "delayed-release-keeps-priority" "A release with a delay ignores the new priority."
        DelayedBehindEquals "delayed-behind-equals" "A job that had a delay goes after all others of its priority."
        ReleaseWithoutDelay "release-without-delay" "The delay of a release is ignored."
    }
    "tubes" {
        FirstTubeFirst "first-tube-first" "The first watched tube that has a job gives it, however urgent those of others are."
        WatchCountsTwice "watch-counts-twice" "A tube that is watched again is counted again."
        LastTubeIgnored "last-tube-ignored" "The last watched tube can be ignored."
        AnyTubeName "any-tube-name" "Every word is the name of a tube."
        PutEndsPause "put-ends-pause" "A put into a paused tube goes to a worker that waits."
        PauseIgnored "pause-ignored" "A paused tube gives its jobs."
        DelayEndsPause "delay-ends-pause" "When a delay is over, so is the pause of its tube."
        PauseEndServesOne "pause-end-serves-one" "When a pause is over, one of the waiting workers gets a job."
        LongerPauseStays "longer-pause-stays" "A pause does not take the place of one that ends later."
        WaitsOnElsewhere "waits-on-elsewhere" "A worker that waited in several tubes stays in the list, and gets a second job."
    }
    "bury-and-kick" {
        BuriedByPriority "buried-by-priority" "Buried jobs stand in the order of their priorities."
        KickTakesBoth "kick-takes-both" "kick takes buried jobs, and delayed ones as well."
        KickInAllTubes "kick-in-all-tubes" "kick takes jobs of every tube."
        KickWakesOne "kick-wakes-one" "After a kick only the worker that has waited longest is looked after."
        KickEndsPause "kick-ends-pause" "A kick ends the pause of the tube."
        TakenForEver "taken-for-ever" "A job that is reserved by its id stays so for decades."
    }
    "statistics" {
        AllUrgent "all-urgent" "Every ready job counts as urgent."
        ReadyCountsReserved "ready-counts-reserved" "Reserved jobs count as ready, too."
        TotalCountsLiving "total-counts-living" "total-jobs of a tube counts the jobs that are there."
        WaitNotCounted "wait-not-counted" "A reservation that ends a wait does not count in the job's reserves."
        DueNotUrgent "due-not-urgent" "A job whose delay is over does not count as urgent."
        WarnedWaitOn "warned-wait-on" "A connection that was told DEADLINE_SOON still counts as one that waits."
        GoneWaitersWork "gone-waiters-work" "A connection that ends while it waits still counts as a worker."
        ClosedAreCounted "closed-are-counted" "Connections that have ended stay counted."
    }
    "crash-recovery" {
        NothingLogged "nothing-logged" "The jobs are in memory only."
        AcknowledgedBeforeFlush "acknowledged-before-flush" "A change is answered while it is in a buffer inside the program."
        DeletesNotLogged "deletes-not-logged" "The log holds no deletes."
        BodiesLoggedAsText "bodies-logged-as-text" "The log holds bodies as UTF-8: what is none is replaced."
        BuriedPriorityNotLogged "buried-priority-not-logged" "The log holds a burial without its priority, which is then 0."
        KicksNotLogged "kicks-not-logged" "The log holds no kicks."
        DelayedReleasesNotLogged "delayed-releases-not-logged" "The log does not know that a job was released with a delay."
        BuriesNotLogged "buries-not-logged" "The log does not know that a job was buried."
        DelaysRestart "delays-restart" "A delay begins again at the start."
        IdsRestart "ids-restart" "Ids begin at 1 again after a start."
        ReleaseDueFromPut "release-due-from-put" "After a start a job that was released with a delay is due that long after its put."
        SecondStartRestartsDelays "second-start-restarts-delays" "Each start writes the delays down anew, as if they began then."
        TornRecordStopsStart "torn-record-stops-start" "A record cut short by a crash stops the next start."
        TornRecordStays "torn-record-stays" "A record cut short by a crash stays in the log, and new ones are written behind it."
    }
    "replication" {
        AnswersBeforeMajority "answers-before-majority" "The leader answers before a majority has the change."
        DeletesNotReplicated "deletes-not-replicated" "Deletes stay with the leader."
        BuriesNotReplicated "buries-not-replicated" "Burials stay with the leader."
        DelaysRestartWithLeader "delays-restart-with-leader" "A new leader begins every delay again."
        OldLeaderKeepsConnections "old-leader-keeps-connections" "A leader that lost its office keeps its connections open."
        FollowersPeek "followers-peek" "A node that does not lead answers peek and stats-job from an empty queue of its own."
        VotesForShorterLog "votes-for-shorter-log" "A vote is given whatever the candidate's log is."
        TermNotStored "term-not-stored" "Term and vote are not stored."
        VoteNotStored "vote-not-stored" "The term is stored, and the vote is not. Nobody asks before an election, which would make up for it."
        NoEntryAtTermStart "no-entry-at-term-start" "A new leader begins with the jobs that it knows to be on a majority, which are not all of them."
        FollowerServes "follower-serves" "A node that does not lead answers from an empty queue of its own."
    }
    "guarantees" {
        DeletesAnsweredEarly "deletes-answered-early" "DELETED waits 150 ms for a majority, and is then answered all the same."
        OldLeaderServesOn "old-leader-serves-on" "A leader that lost its office ends its connections, and serves new ones from what it had."
    }
}

impl Bug {
    /// The bug of the journal that this one stands for.
    pub(super) fn of_the_journal(self) -> Option<&'static str> {
        match self {
            Bug::VotesForShorterLog => Some("votes-for-shorter-log"),
            Bug::TermNotStored => Some("term-not-stored"),
            Bug::VoteNotStored => Some("vote-forgotten"),
            Bug::NoEntryAtTermStart => Some("no-entry-at-term-start"),
            _ => None,
        }
    }
}
