//! Requests about the cluster, its members and its groups, and those that other nodes make; and transactions.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Collected, Limited};
use hyper::body::Body;
use hyper::{Method, Request, StatusCode, Uri};
use serde::Deserialize;

use super::super::bug::Bug;
use super::super::conditions;
use super::super::groups::{Changed, Groups, Step};
use super::super::map::Outcome;
use super::super::record::Operation;
use super::super::replicated::{Change, Refused};
use super::super::route::is_key;
use super::super::transactions::{self, Verdict};
use super::{
    Answer, Api, LARGEST_REQUEST, bytes, json, method_not_allowed, moving, not_found, not_served, not_understood,
    text,
};

/// The body of `PUT /cluster/groups/{group}`.
#[derive(Deserialize)]
struct Joining {
    members: BTreeSet<Arc<str>>,
}

impl Api {
    pub(super) async fn cluster_info(&self, method: &Method) -> Answer {
        let Some(cluster) = self.store.cluster() else { return not_found() };
        if method != Method::GET {
            return method_not_allowed("GET");
        }
        match self.bug {
            Bug::Info503Unled if !cluster.is_led() => {
                return not_served(&Refused::NoLeader, &Uri::default(), self.bug);
            }
            Bug::StuckOnSilentPeer => cluster.ask_all().await,
            _ => {}
        }
        let groups = self.store.groups();
        let leader = groups.filter(|_| self.bug == Bug::LeaderOfFirstGroup).map(Groups::first_leader);
        json(cluster.info(groups.map(|groups| &**groups.group()), leader))
    }

    pub(super) fn locate(&self, method: &Method, key: &str) -> Answer {
        match self.store.groups() {
            None => not_found(),
            Some(_) if method != Method::GET => method_not_allowed("GET"),
            Some(groups) => groups.locate(key).map_or_else(moving, json),
        }
    }

    /// `POST /txn`.
    pub(super) async fn transact<B>(&self, request: Request<B>) -> Result<Answer, Refused>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if request.method() != Method::POST {
            return Ok(method_not_allowed("POST"));
        }
        let id = match conditions::request_id(request.headers()) {
            Ok(id) => id,
            Err(bad) => return Ok(not_understood(&bad)),
        };
        let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect().await;
        let ops = body.ok().and_then(|body| transactions::parse(&body.to_bytes(), is_key));
        let Some(ops) = ops else {
            return Ok(text(StatusCode::BAD_REQUEST, "this is not a transaction of 1 to 16 operations\n"));
        };
        Ok(match self.store.transact(&ops, id).await? {
            Verdict::Done(results) => json(transactions::answer(&results).into()),
            Verdict::CheckFailed => text(StatusCode::PRECONDITION_FAILED, "precondition failed\n"),
            Verdict::GaveWay => text(StatusCode::CONFLICT, "another transaction holds a key: try again\n"),
            Verdict::Moving => moving(),
            Verdict::Unreachable => text(StatusCode::SERVICE_UNAVAILABLE, "a group cannot be reached\n"),
            Verdict::Unknown => not_served(&Refused::Unknown, &Uri::default(), self.bug),
        })
    }

    pub(super) async fn groups(&self, method: &Method) -> Answer {
        match self.store.groups() {
            None => not_found(),
            Some(_) if method != Method::GET => method_not_allowed("GET"),
            Some(groups) => json(groups.shown().await),
        }
    }

    /// Makes a group join or leave.
    pub(super) async fn change_groups<B>(
        &self,
        method: &Method,
        group: Arc<str>,
        request: Request<B>,
    ) -> Result<Answer, Refused>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (Some(groups), Some(cluster)) = (self.store.groups(), self.store.cluster()) else {
            return Ok(not_found());
        };
        let step = match *method {
            Method::PUT => {
                let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect().await;
                let joining = body.ok().and_then(|body| serde_json::from_slice::<Joining>(&body.to_bytes()).ok());
                let known = |joining: &Joining| joining.members.iter().all(|node| cluster.knows(node));
                match joining.filter(|joining| !joining.members.is_empty() && known(joining)) {
                    Some(Joining { members }) => Step::Join { group, members },
                    None => return Ok(text(StatusCode::BAD_REQUEST, "members are a list of known nodes\n")),
                }
            }
            Method::DELETE => Step::Leave { group },
            _ => return Ok(method_not_allowed("PUT, DELETE")),
        };
        groups.must_keep_plan()?;
        Ok(match self.store.write(Operation::Step(step).into()).await? {
            Outcome::Planned(Changed::Moving) => text(StatusCode::ACCEPTED, "keys are on the move\n"),
            Outcome::Planned(Changed::AlreadySo) => bytes(StatusCode::OK, Bytes::new()),
            Outcome::Planned(Changed::Busy) => text(StatusCode::CONFLICT, "another change is under way\n"),
            Outcome::Planned(Changed::KeepsPlan) => {
                text(StatusCode::CONFLICT, "this group keeps the map of all keys, and stays\n")
            }
            Outcome::Planned(Changed::OtherMembers) => {
                text(StatusCode::CONFLICT, "the group has other members, or another group has one of these\n")
            }
            _ => moving(),
        })
    }

    /// What a node of another group wants to know.
    pub(super) async fn asked<B>(&self, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let Some(groups) = self.store.groups() else { return not_found() };
        if request.method() != Method::POST {
            return method_not_allowed("POST");
        }
        let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect().await;
        let answer = match body.map(Collected::to_bytes) {
            Ok(body) => groups.answer(&body).await,
            Err(_) => None,
        };
        let not_asked = || text(StatusCode::BAD_REQUEST, "this is no question\n");
        answer.map_or_else(not_asked, |answer| bytes(StatusCode::OK, answer))
    }

    pub(super) fn members(&self, method: &Method) -> Answer {
        match self.store.cluster() {
            None => not_found(),
            Some(_) if method != Method::GET => method_not_allowed("GET"),
            Some(cluster) => json(cluster.members()),
        }
    }

    /// Makes the node a member, or the opposite.
    pub(super) async fn change(&self, method: &Method, id: Arc<str>) -> Result<Answer, Refused> {
        let Some(cluster) = self.store.cluster() else { return Ok(not_found()) };
        let known = cluster.knows(&id);
        let change = match *method {
            Method::PUT => Change::Add(id),
            Method::DELETE => Change::Remove(id),
            _ => return Ok(method_not_allowed("PUT, DELETE")),
        };
        if !known {
            return Ok(text(StatusCode::NOT_FOUND, "no node has this id\n"));
        }
        cluster.change(change).await?;
        Ok(bytes(StatusCode::OK, Bytes::new()))
    }

    /// What a peer has to say.
    pub(super) async fn messages<B>(&self, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let Some(cluster) = self.store.cluster() else { return not_found() };
        if request.method() != Method::POST {
            return method_not_allowed("POST");
        }
        let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect();
        let patience = match self.bug {
            // What is on its way when a sender gives up still arrives: the receiver has to give up, too.
            Bug::SnapshotSentWhole => Duration::from_millis(200),
            _ => Duration::MAX,
        };
        let body = tokio::time::timeout(patience, body).await;
        match body.map(|body| body.map(Collected::to_bytes)) {
            Ok(Ok(body)) if cluster.receive(&body) => bytes(StatusCode::OK, Bytes::new()),
            _ => text(StatusCode::BAD_REQUEST, "these are not messages\n"),
        }
    }
}
