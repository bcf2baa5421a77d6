//! The verbs: what a step of each does, and how it is described. How a step is written is in the file of the same name
//! among the verbs of [`scenario`](crate::scenario::verbs).

mod cases;
mod check;
mod compare;
mod concurrently;
mod consistently;
mod disk;
mod each;
mod eventually;
mod excerpt;
mod explore;
mod find;
pub(super) mod http;
mod network;
mod nodes;
mod phrases;
mod programs;
mod repeat;
mod set;
mod shared;
mod tcp;
pub(super) mod traffic;
mod wait;
pub(super) mod workload;

use crate::scenario::expr::Scope;
use crate::scenario::{Action, Step};
use crate::text::{clean, shortened};

use super::steps::{Frame, Interpreter};
use super::stop::Stop;

/// A longer description of a step is cut: its text may be as long as its file.
const MOST: usize = 400;

impl Interpreter<'_> {
    pub(super) async fn act(&self, step: &Step, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        match &step.action {
            Action::Nodes(nodes) => self.nodes(nodes, scope, frame).await,
            Action::CrashAll => self.crash_all().await,
            Action::DiskUsage(usage) => self.disk_usage(usage, scope, frame).await,
            Action::Network(network) => self.links(network, scope, frame).await,
            Action::Mark(mark) => self.mark(mark),
            Action::Traffic(traffic) => self.traffic(traffic, scope).await,
            Action::Http(http) => self.http(http, scope, frame).await,
            Action::Tcp(tcp) => self.tcp_recorded(tcp, scope, frame).await,
            Action::Command(command) => self.command(command, scope).await,
            Action::Cases(cases) => self.cases(cases).await,
            Action::Eventually(eventually) => self.eventually(eventually, scope, frame).await,
            Action::Consistently(consistently) => self.consistently(consistently, scope, frame).await,
            Action::Wait(wait) => {
                self.wait(wait).await;
                Ok(())
            }
            Action::Repeat(repeat) => self.repeat(repeat, scope, frame).await,
            Action::Each(each) => self.each(each, scope, frame).await,
            Action::Find(find) => self.find_role(find, scope, frame).await,
            Action::Set(set) => set::set(set, scope),
            Action::Compare(compare) => self.compare(compare, scope),
            Action::Use(shared) => self.shared(shared, scope, frame).await,
            Action::Concurrently(many) => self.concurrently(many, scope, frame).await,
            Action::Workload(workload) => self.workload(workload, step, scope, frame).await,
            Action::Await(load) => self.await_load(&load.0).await.map(|_| ()),
            Action::Explore(explore) => self.explore(explore, scope, frame).await,
            Action::Check(check) => self.check(check, scope).await,
        }
    }
}

/// What a step does, in a few words: for progress, cards and records.
pub(super) fn describe(step: &Step) -> String {
    let whole = match &step.action {
        Action::Nodes(nodes) => nodes::describe(nodes),
        Action::CrashAll => "crash all nodes".to_owned(),
        Action::DiskUsage(usage) => disk::describe(usage),
        Action::Network(network) => network::describe(network),
        Action::Mark(mark) => traffic::describe_mark(mark),
        Action::Traffic(traffic) => traffic::describe(traffic),
        Action::Http(http) => http::describe(http),
        Action::Tcp(tcp) => tcp::describe(tcp),
        Action::Command(command) => programs::describe(command),
        Action::Cases(cases) => cases::describe(cases),
        Action::Eventually(eventually) => eventually::describe(eventually),
        Action::Consistently(consistently) => consistently::describe(consistently),
        Action::Wait(wait) => wait::describe(wait),
        Action::Repeat(repeat) => repeat::describe(repeat),
        Action::Each(each) => each::describe(each),
        Action::Find(find) => find::describe(find),
        Action::Set(set) => set::describe(set),
        Action::Compare(compare) => compare::describe(compare),
        Action::Use(shared) => shared::describe(shared),
        Action::Concurrently(many) => concurrently::describe(many),
        Action::Workload(workload) => workload::describe(workload),
        Action::Await(load) => workload::describe_await(load),
        Action::Explore(explore) => explore::describe(explore),
        Action::Check(check) => check::describe(check),
    };
    shortened(&clean(&whole), MOST)
}
