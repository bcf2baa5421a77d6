//! Tests of the plan, on trees that were never alive. Each process of a tree is given with its parent's pid, as it
//! would be read.

use super::*;

const GUARD: i32 = 1;

fn one(pid: i32) -> Process {
    Process { pid, start: 7 }
}

/// From (pid, parent).
fn tree(members: &[(i32, i32)]) -> Vec<Member> {
    let member = |(pid, parent): &(i32, i32)| Member { process: one(*pid), parent: *parent, stopped: false };
    members.iter().map(member).collect()
}

/// A plan and a clock that only the test moves.
struct Told {
    plan: Plan,
    begun: Instant,
}

impl Told {
    fn new(members: &[(i32, i32)], listener: Option<i32>) -> (Told, Vec<i32>) {
        let begun = Instant::now();
        let listeners: Vec<Process> = listener.into_iter().map(one).collect();
        let (plan, first) = Plan::new(GUARD, &tree(members), &listeners, begun);
        (Told { plan, begun }, pids(&first))
    }

    fn ended(&mut self, pid: i32, ending: Ending, ms: u64, left: &[(i32, i32)]) -> Vec<i32> {
        pids(&self.plan.ended(Ended { pid, ending }, &tree(left), self.begun + Duration::from_millis(ms)))
    }

    /// Whom it signals in which millisecond, until all it waits for is processes to end.
    fn later(&mut self) -> Vec<(u128, i32)> {
        let mut all = Vec::new();
        while let Some(due) = self.plan.next_due() {
            all.extend(self.plan.due(due, false).iter().map(|process| ((due - self.begun).as_millis(), process.pid)));
        }
        all
    }
}

fn pids(processes: &[Process]) -> Vec<i32> {
    processes.iter().map(|process| process.pid).collect()
}

use Ending::{OfSigterm, Otherwise};

const NOBODY: [i32; 0] = [];

#[test]
fn a_shell_that_dies_of_it_passed_nothing_on() {
    // A shell, a runner, the program, its helper.
    let (mut told, first) = Told::new(&[(10, GUARD), (11, 10), (12, 11), (13, 12)], Some(12));
    assert_eq!(first, [10]);
    assert_eq!(told.ended(10, OfSigterm, 1, &[(11, GUARD), (12, 11), (13, 12)]), [11]);
    assert_eq!(told.ended(11, OfSigterm, 2, &[(12, GUARD), (13, 12)]), [12]);
    assert_eq!(told.later(), []);
    // And what the program leaves when it dies of the signal.
    assert_eq!(told.ended(12, OfSigterm, 3, &[(13, GUARD)]), [13]);
}

#[test]
fn what_ends_by_itself_may_have_passed_it_on() {
    let (mut told, first) = Told::new(&[(10, GUARD), (12, 10), (13, 12)], Some(12));
    assert_eq!(first, [10]);
    assert_eq!(told.ended(10, Otherwise, 100, &[(12, GUARD), (13, 12)]), NOBODY);
    assert_eq!(told.later(), [(600, 12)]);
    assert_eq!(told.ended(12, Otherwise, 700, &[(13, GUARD)]), NOBODY);
    assert_eq!(told.later(), [(1200, 13)]);
}

#[test]
fn whoever_listens_behind_one_that_waits_is_told_after_a_second_and_its_helpers_are_not() {
    let (mut told, first) = Told::new(&[(10, GUARD), (12, 10), (13, 12), (14, 13)], Some(12));
    assert_eq!(first, [10]);
    assert_eq!(told.later(), [(1000, 12)]);
    // A helper ends; what it had started comes to the guard. Then something else that was signalled ends.
    assert_eq!(told.ended(10, OfSigterm, 1100, &[(12, GUARD), (14, GUARD)]), NOBODY);
    assert_eq!(told.later(), []);
    // With the program it is over.
    assert_eq!(told.ended(12, OfSigterm, 1200, &[(14, GUARD)]), [14]);
}

#[test]
fn a_program_at_work_may_be_told_already_and_is_left_to_it_for_a_time() {
    let (mut told, _) = Told::new(&[(10, GUARD), (12, 10)], Some(12));
    let second = told.begun + HELD_BACK;
    assert_eq!(pids(&told.plan.due(second, true)), NOBODY);
    assert_eq!(told.plan.next_due(), Some(second + LOOK_AGAIN));
    assert_eq!(pids(&told.plan.due(second + AT_WORK - LOOK_AGAIN, true)), NOBODY);
    assert_eq!(pids(&told.plan.due(second + AT_WORK, true)), [12]);
    assert_eq!(told.later(), []);
}

#[test]
fn one_that_was_told_is_never_told_again() {
    let (mut told, first) = Told::new(&[(10, GUARD), (12, GUARD), (13, 10)], Some(12));
    assert_eq!(first, [10, 12]);
    assert_eq!(told.ended(10, OfSigterm, 1, &[(12, GUARD), (13, GUARD)]), [13]);
    assert_eq!(told.ended(13, OfSigterm, 2, &[(12, GUARD)]), NOBODY);
    assert_eq!(told.later(), []);
    // A pid that is another's by now is not the same process.
    let reused = Member { process: Process { pid: 13, start: 8 }, parent: GUARD, stopped: false };
    assert_eq!(told.plan.ended(Ended { pid: 12, ending: Otherwise }, &[reused], told.begun), []);
    assert_eq!(told.later(), [(500, 13)]);
}

#[test]
fn what_was_never_seen_before_may_have_been_told() {
    let (mut told, _) = Told::new(&[(10, GUARD)], None);
    assert_eq!(told.ended(10, OfSigterm, 40, &[(11, GUARD)]), NOBODY);
    assert_eq!(told.later(), [(540, 11)]);
}

#[test]
fn what_a_listener_leaves_that_its_own_parent_waited_for_is_told_too() {
    // The shell with a trap waits; the program is signalled, ends, and leaves a helper.
    let (mut told, _) = Told::new(&[(10, GUARD), (12, 10), (13, 12)], Some(12));
    assert_eq!(told.later(), [(1000, 12)]);
    assert_eq!(told.ended(10, Otherwise, 1100, &[(13, GUARD)]), NOBODY);
    assert_eq!(told.later(), [(1600, 13)]);
}

#[test]
fn the_first_above_all_others_that_listen_is_the_program() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let me = process::id() as i32;
    let number = port.local_addr().unwrap().port();
    let of = |members: &[(i32, i32)]| pids(&listeners(number, GUARD, &tree(members)));
    assert_eq!(of(&[(2, GUARD), (me, 2), (3, me)]), [me]);
    // Signalled at once with all others.
    assert_eq!(of(&[(2, GUARD), (me, GUARD)]), NOBODY);
}
